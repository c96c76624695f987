#include "plic.h"

#include "layout.h"
#include "machine.h"

static volatile uint32_t *registers(uint64_t offset) {
  return (volatile uint32_t *)(machine.plic.start + KERNEL_OFFSET + offset);
}

static volatile uint32_t *priority(uint32_t interrupt) {
  return registers(4 * interrupt);
}

static volatile uint32_t *enable_word(uint32_t interrupt) {
  return registers(0x2000 + 0x80 * machine.plic_context + interrupt / 32 * 4);
}

static volatile uint32_t *threshold(void) {
  return registers(0x200000 + 0x1000 * machine.plic_context);
}

static volatile uint32_t *claim_complete(void) {
  return registers(0x200004 + 0x1000 * machine.plic_context);
}

void plic_enable(uint32_t interrupt) {
  if (machine.plic.size == 0) return;
  *priority(interrupt) = 1;
  *enable_word(interrupt) |= 1u << interrupt % 32;
  *threshold() = 0;  // every priority above 0 may interrupt
}

uint32_t plic_claim(void) {
  return *claim_complete();
}

void plic_complete(uint32_t interrupt) {
  *claim_complete() = interrupt;
}
