#include "pebble.h"

void parse_command(char *text, struct command *command) {
  command->count = 0;
  command->background = false;
  while (*text && command->count < WORD_LIMIT) {
    while (*text == ' ' || *text == '\n') *text++ = 0;
    if (*text == 0) break;
    if (*text == '&') {
      command->background = true;
      *text = 0;
      break;
    }
    command->words[command->count++] = text;
    while (*text && *text != ' ' && *text != '\n' && *text != '&') text++;
  }
  command->words[command->count] = NULL;
}

int run_command(const struct command *command) {
  long pid = spawn(command->words[0], command->words);
  if (pid < 0) {
    print("%s: no such program, or no memory for it\n", command->words[0]);
    return -1;
  }
  if (command->background) {
    print("[%ld] %s\n", pid, command->words[0]);
    return 0;
  }
  int status = -1;
  wait(pid, &status, 0);
  return status;
}
