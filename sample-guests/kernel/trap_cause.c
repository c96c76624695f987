#include "trap.h"

// scause's exception codes, in the words of the Privileged Architecture ("Supervisor Cause Register").
static const char *const names[] = {
    "instruction address misaligned",
    "instruction access fault",
    "illegal instruction",
    "breakpoint",
    "load address misaligned",
    "load access fault",
    "store address misaligned",
    "store access fault",
    "environment call from U mode",
    "environment call from S mode",
    "exception 10",
    "exception 11",
    "instruction page fault",
    "load page fault",
    "exception 14",
    "store page fault",
};

const char *trap_cause_name(uint64_t cause) {
  return cause < countof(names) ? names[cause] : "unknown exception";
}
