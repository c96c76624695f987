#include "options.h"

#include "common/string.h"
#include "machine.h"

struct options options;

static char *next_word(char **rest);
static void read_option(char *word);

void options_read(void) {
  char *rest = machine.command_line;
  for (char *word = next_word(&rest); word; word = next_word(&rest)) read_option(word);
}

// Words end at a space outside of quotes; quotes vanish.
static char *next_word(char **rest) {
  char *from = *rest;
  while (*from == ' ') from++;
  if (*from == 0) return NULL;
  char *word = from, *to = from;
  for (bool quoted = false; *from && (quoted || *from != ' '); from++) {
    if (*from == '"') quoted = !quoted;
    else *to++ = *from;
  }
  *rest = *from ? from + 1 : from;
  *to = 0;
  return word;
}

static void read_option(char *word) {
  if (starts_with(word, "run=")) options.run = word + strlen("run=");
  else if (starts_with(word, "scan=")) options.scan = word + strlen("scan=");
}
