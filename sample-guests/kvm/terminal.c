#include "terminal.h"

#include "linux.h"

#define TCGETS 0x5401
#define TCSETS 0x5402
#define CONTROL_A 1

// As Linux has it in its system calls.
struct terminal_settings {
  uint32_t input;
  uint32_t output;
  uint32_t line;
  uint32_t local;
  uint8_t discipline;
  uint8_t characters[19];
};

#define INPUT_CR_TO_LF 0000400
#define INPUT_FLOW_CONTROL 0002000
#define LOCAL_SIGNALS 0000001
#define LOCAL_LINES 0000002
#define LOCAL_ECHO 0000010

static struct terminal_settings before;
static bool is_terminal;
static long flags_before;
static bool escaped;

void terminal_open(void (*on_key)(int signal)) {
  is_terminal = control(0, TCGETS, &before) >= 0;
  if (is_terminal) {
    struct terminal_settings raw = before;
    raw.input &= ~(INPUT_CR_TO_LF | INPUT_FLOW_CONTROL);
    raw.local &= ~(LOCAL_SIGNALS | LOCAL_LINES | LOCAL_ECHO);
    control(0, TCSETS, &raw);
  }
  on_signal(SIGIO, on_key);
  flags_before = file_flags(0);
  own_signals_of(0);
  set_file_flags(0, flags_before | O_NONBLOCK | O_ASYNC);
}

void terminal_close(void) {
  set_file_flags(0, flags_before);
  if (is_terminal) control(0, TCSETS, &before);
}

int terminal_key(bool *ends) {
  char key;
  while (read(0, &key, 1) == 1) {
    if (!escaped && key == CONTROL_A) {
      escaped = true;
      continue;
    }
    *ends = escaped && key == 'x';
    escaped = false;
    return (uint8_t)key;
  }
  return -1;
}
