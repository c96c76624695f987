// Supervisor CSRs (Privileged Architecture, chapter 12), by the names and fields of the specification.
#pragma once

#define SSTATUS_SIE (1ul << 1)   // interrupts are taken in S mode
#define SSTATUS_SPIE (1ul << 5)  // ... what SIE becomes at sret
#define SSTATUS_SPP (1ul << 8)   // the trap came from S mode

#define SIE_STIE (1 << 5)
#define SIE_SEIE (1 << 9)

#define SCAUSE_INTERRUPT (1ul << 63)
#define INTERRUPT_TIMER 5
#define INTERRUPT_EXTERNAL 9

#define EXCEPTION_ILLEGAL_INSTRUCTION 2
#define EXCEPTION_ECALL_FROM_U 8
#define EXCEPTION_INSTRUCTION_PAGE_FAULT 12
#define EXCEPTION_LOAD_PAGE_FAULT 13
#define EXCEPTION_STORE_PAGE_FAULT 15

#define SATP_MODE_SV39 (8ul << 60)

#ifndef __ASSEMBLER__
#include "common/types.h"

#define csr_read(name)                               \
  ({                                                 \
    uint64_t value;                                  \
    asm volatile("csrr %0, " #name : "=r"(value));   \
    value;                                           \
  })
#define csr_write(name, value) asm volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) asm volatile("csrs " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits) asm volatile("csrc " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#endif
