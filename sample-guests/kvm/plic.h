// The guest's interrupt controller (RISC-V PLIC specification 1.0), with one context: the vCPU's S mode.
#pragma once
#include "../kernel/common/types.h"

#define PLIC_SOURCES 32

uint32_t plic_load(uint64_t offset);
void plic_store(uint64_t offset, uint32_t value);
// A device's interrupt line.
void plic_set_line(uint32_t source, bool raised);
// Whether the context has an interrupt to take.
bool plic_output(void);
