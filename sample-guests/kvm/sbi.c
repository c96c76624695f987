#include "sbi.h"

#include "linux.h"

#define EXTENSION_DEBUG_CONSOLE 0x4442434e

enum debug_console_function { CONSOLE_WRITE = 0, CONSOLE_READ = 1, CONSOLE_WRITE_BYTE = 2 };

#define SBI_ERR_NOT_SUPPORTED -2ul
#define SBI_ERR_INVALID_PARAM -3ul

static void write_buffer(struct guest *guest);

// KVM gives guests a debug console only where its user says that it answers.
void sbi_start(struct guest *guest) {
  guest_try_set_register(guest, KVM_REG_SBI_EXTENSION(KVM_SBI_DEBUG_CONSOLE), 1);
}

void sbi_call(struct guest *guest) {
  const uint64_t *arguments = guest->run->sbi.arguments;
  uint64_t *result = guest->run->sbi.result;
  result[0] = SBI_ERR_NOT_SUPPORTED;
  result[1] = 0;
  if (guest->run->sbi.extension != EXTENSION_DEBUG_CONSOLE) return;
  switch (guest->run->sbi.function) {
    case CONSOLE_WRITE: write_buffer(guest); break;
    case CONSOLE_READ:  // keys go to the UART
      result[0] = 0;
      break;
    case CONSOLE_WRITE_BYTE:
      write(1, &arguments[0], 1);
      result[0] = 0;
      break;
  }
}

static void write_buffer(struct guest *guest) {
  const uint64_t *arguments = guest->run->sbi.arguments;
  uint64_t *result = guest->run->sbi.result;
  const void *text = guest_memory(guest, arguments[1], arguments[0]);
  result[0] = text && arguments[2] == 0 ? 0 : SBI_ERR_INVALID_PARAM;
  if (result[0] == 0) result[1] = write(1, text, arguments[0]);
}
