#include "trap.h"

#include "console.h"
#include "csr.h"
#include "layout.h"
#include "machine.h"
#include "page_fault.h"
#include "panic.h"
#include "plic.h"
#include "probe.h"
#include "process.h"
#include "scheduler.h"
#include "syscall/syscall.h"

_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "trap.S and trap.h must agree");

extern void trap_entry(void);

static void interrupt(uint64_t number, bool from_process);
static void device_interrupt(void);
static void exception_in_process(struct trap_frame *frame, uint64_t cause, uint64_t value);
static void exception_in_kernel(struct trap_frame *frame, uint64_t cause, uint64_t value);

void trap_start(void) {
  csr_write(sscratch, 0);  // we are in the kernel: see trap.S
  csr_write(stvec, trap_entry);
  csr_write(sie, SIE_STIE | SIE_SEIE);
}

void trap(struct trap_frame *frame) {
  uint64_t cause = csr_read(scause);
  uint64_t value = csr_read(stval);
  bool from_process = !(frame->sstatus & SSTATUS_SPP);

  if (cause & SCAUSE_INTERRUPT) interrupt(cause & ~SCAUSE_INTERRUPT, from_process);
  else if (from_process) exception_in_process(frame, cause, value);
  else exception_in_kernel(frame, cause, value);

  if (from_process && current->interrupted) process_exit(STATUS_KILLED);
}

static void interrupt(uint64_t number, bool from_process) {
  switch (number) {
    case INTERRUPT_TIMER:
      scheduler_timer();
      if (from_process) scheduler_yield();  // its time slice is over, whether it likes it or not
      break;
    case INTERRUPT_EXTERNAL:
      device_interrupt();
      break;
    default:
      panic("interrupt %ld was not asked for", number);
  }
}

static void device_interrupt(void) {
  uint32_t claimed = plic_claim();
  if (claimed == 0) return;
  if (claimed == machine.uart_interrupt) console_interrupt();
  plic_complete(claimed);
}

static void exception_in_process(struct trap_frame *frame, uint64_t cause, uint64_t value) {
  switch (cause) {
    case EXCEPTION_ECALL_FROM_U:
      frame->sepc += 4;  // go on behind the ecall, not with it
      frame->a0 = syscall(frame->a7, frame->a0, frame->a1, frame->a2);
      break;
    case EXCEPTION_INSTRUCTION_PAGE_FAULT:
    case EXCEPTION_LOAD_PAGE_FAULT:
    case EXCEPTION_STORE_PAGE_FAULT:
      page_fault(frame->sepc, cause, value);
      break;
    default:
      process_kill(frame->sepc, cause, value, "U mode may not do this");
  }
}

static void exception_in_kernel(struct trap_frame *frame, uint64_t cause, uint64_t value) {
  if (probe_failed(frame)) return;
  panic("%s in the kernel: pc %p, stval %p", trap_cause_name(cause), (void *)frame->sepc, (void *)value);
}
