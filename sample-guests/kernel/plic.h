// The platform-level interrupt controller: which device wants attention (RISC-V PLIC specification 1.0).
#pragma once
#include "common/types.h"

// Lets the interrupt of this number reach this hart.
void plic_enable(uint32_t interrupt);
// Takes the pending interrupt of highest priority, or 0 when there is none.
uint32_t plic_claim(void);
// Says that the claimed interrupt has been dealt with: it may come again.
void plic_complete(uint32_t interrupt);
