// The calls to the layer below: firmware in M mode, or a VMM (RISC-V SBI specification 2.0).
#pragma once
#include "common/types.h"

// Asks for a timer interrupt when `time` reaches the deadline, and takes back an earlier request.
void sbi_set_timer(uint64_t deadline);
// Writes a character on the firmware's own console.
void sbi_put_character(char character);
// Ends the machine, or the guest; a failure with an exit code other than 0, where there is someone to see it.
__attribute__((noreturn)) void sbi_shut_down(bool failed);
