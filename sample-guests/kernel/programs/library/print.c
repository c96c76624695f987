#include "../../common/format.h"
#include "pebble.h"

// Collects characters, so that a line costs one system call and not one per character.
struct line {
  struct sink sink;
  size_t length;
  char text[128];
};

static void flush(struct line *line) {
  write(STANDARD_OUTPUT, line->text, line->length);
  line->length = 0;
}

static void put_into_line(struct sink *sink, char character) {
  struct line *line = (struct line *)sink;
  line->text[line->length++] = character;
  if (line->length == sizeof line->text) flush(line);
}

void print(const char *template, ...) {
  struct line line;
  line.sink.put = put_into_line;
  line.length = 0;
  __builtin_va_list values;
  __builtin_va_start(values, template);
  format(&line.sink, template, values);
  __builtin_va_end(values);
  if (line.length > 0) flush(&line);
}
