#include "console.h"

#include "common/format.h"
#include "machine.h"
#include "plic.h"
#include "process.h"
#include "scheduler.h"
#include "uart.h"

#define INPUT_SIZE 512
#define CONTROL(letter) ((letter) - 'A' + 1)
#define DELETE 0x7f

// What was typed, in a ring; the three indices only ever grow. A reader gets nothing of a line before its end,
// so that backspace can still take a character back.
static struct {
  char characters[INPUT_SIZE];
  unsigned taken;     // up to here processes have read
  unsigned finished;  // up to here lines are complete
  unsigned typed;     // up to here characters have been typed
} input;

static void take(char character);
static void finish_line(char end);
static void erase_character(void);

void console_start(void) {
  uart_start();
  if (machine.uart.size > 0) plic_enable(machine.uart_interrupt);
}

void console_write(const char *text, size_t length) {
  for (; length > 0; length--, text++) {
    if (*text == '\n') uart_put('\r');
    uart_put(*text);
  }
}

long console_read(char *buffer, size_t size) {
  while (input.taken == input.finished) {
    if (!process_wait_for(&input)) return -1;
  }
  size_t length = 0;
  while (length < size && input.taken != input.finished) {
    char character = input.characters[input.taken++ % INPUT_SIZE];
    if (character == CONTROL('D')) break;
    buffer[length++] = character;
    if (character == '\n') break;
  }
  return length;
}

void console_interrupt(void) {
  for (int character = uart_get(); character >= 0; character = uart_get()) take(character);
}

// The line discipline: echo, editing, and the keys that mean something else than themselves.
static void take(char character) {
  switch (character) {
    case '\r':
    case '\n':
      console_write("\n", 1);
      finish_line('\n');
      break;
    case CONTROL('D'):
      finish_line(character);
      break;
    case CONTROL('H'):
    case DELETE:
      erase_character();
      break;
    case CONTROL('U'):
      while (input.typed != input.finished) erase_character();
      break;
    case CONTROL('C'):
      console_write("^C\n", 3);
      input.typed = input.finished;
      process_interrupt_foreground();
      break;
    default:
      if (character < ' ' || input.typed - input.taken >= INPUT_SIZE - 1) return;
      input.characters[input.typed++ % INPUT_SIZE] = character;
      console_write(&character, 1);
  }
}

static void finish_line(char end) {
  if (input.typed - input.taken >= INPUT_SIZE) return;
  input.characters[input.typed++ % INPUT_SIZE] = end;
  input.finished = input.typed;
  process_wake(&input);
}

static void erase_character(void) {
  if (input.typed == input.finished) return;
  input.typed--;
  console_write("\b \b", 3);
}

static void put_on_console(struct sink *sink, char character) {
  (void)sink;
  console_write(&character, 1);
}

void print_values(const char *template, __builtin_va_list values) {
  format(&(struct sink){put_on_console}, template, values);
}

void print(const char *template, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, template);
  print_values(template, values);
  __builtin_va_end(values);
}
