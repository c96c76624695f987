// Traps: every way into the kernel once it runs, be it a system call, a fault or an interrupt.
#pragma once
#include "common/types.h"

// What trap.S saves of the interrupted code, on the kernel stack. The last two words stand where a function's
// prologue would put the return address and the caller's frame pointer, so that a stack trace by frame
// pointers goes on into the interrupted code.
struct trap_frame {
  uint64_t ra, sp, gp, tp, t0, t1, t2, s0, s1;
  uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
  uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
  uint64_t t3, t4, t5, t6;
  uint64_t sstatus;
  uint64_t s0_again;
  uint64_t sepc;
};

// Lets traps come: the vector, and which interrupts are wanted.
void trap_start(void);
// Called by trap.S for every trap, on the kernel stack, with interrupts off.
void trap(struct trap_frame *frame);
// The words for an exception code of scause.
const char *trap_cause_name(uint64_t cause);
// In trap.S: leaves the kernel for what the frame at sp describes. Where a new process begins.
void trap_return(void);
