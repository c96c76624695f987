#include "sbi.h"

#define EXTENSION_TIMER 0x54494d45
#define EXTENSION_SYSTEM_RESET 0x53525354
#define EXTENSION_LEGACY_PUT_CHARACTER 1
#define EXTENSION_LEGACY_SHUTDOWN 8

static void sbi_call(uint64_t extension, uint64_t function, uint64_t argument0, uint64_t argument1);

void sbi_set_timer(uint64_t deadline) {
  sbi_call(EXTENSION_TIMER, 0, deadline, 0);
}

void sbi_put_character(char character) {
  sbi_call(EXTENSION_LEGACY_PUT_CHARACTER, 0, character, 0);
}

void sbi_shut_down(bool failed) {
  const uint64_t type_shutdown = 0, reason_none = 0, reason_system_failure = 1;
  sbi_call(EXTENSION_SYSTEM_RESET, 0, type_shutdown, failed ? reason_system_failure : reason_none);
  sbi_call(EXTENSION_LEGACY_SHUTDOWN, 0, 0, 0);  // only if the firmware is too old for the first
  for (;;) asm volatile("wfi");
}

// The error in a0 and the value in a1 come back; nothing here could do anything about an error.
static void sbi_call(uint64_t extension, uint64_t function, uint64_t argument0, uint64_t argument1) {
  register uint64_t a0 asm("a0") = argument0;
  register uint64_t a1 asm("a1") = argument1;
  register uint64_t a6 asm("a6") = function;
  register uint64_t a7 asm("a7") = extension;
  asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}
