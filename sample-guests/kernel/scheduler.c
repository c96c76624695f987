#include "scheduler.h"

#include "csr.h"
#include "process.h"
#include "timer.h"

#define TIME_SLICE_MILLISECONDS 10

// There is one hart, and the kernel runs with interrupts off, except in wait_for_interrupt: so whatever the
// kernel does, it does undisturbed, and nothing here or elsewhere needs a lock.
struct process *current;

static struct context scheduler_context;

static struct process *next_ready(void);
static void run(struct process *process);
static void wait_for_interrupt(void);
static uint64_t first_wake_time(void);

void scheduler_run(void) {
  for (;;) {
    struct process *process = next_ready();
    if (process) run(process);
    else wait_for_interrupt();
  }
}

// Round robin: the search starts behind the process that ran last.
static struct process *next_ready(void) {
  static unsigned last;
  for (unsigned i = 1; i <= PROCESS_LIMIT; i++) {
    unsigned index = (last + i) % PROCESS_LIMIT;
    if (processes[index].state != PROCESS_READY) continue;
    last = index;
    return &processes[index];
  }
  return NULL;
}

static void run(struct process *process) {
  uint64_t end_of_slice = timer_now() + timer_ticks(TIME_SLICE_MILLISECONDS);
  uint64_t wake_time = first_wake_time();
  timer_arm(wake_time < end_of_slice ? wake_time : end_of_slice);

  current = process;
  process->state = PROCESS_RUNNING;
  process->time_slices++;
  space_activate(process->root);
  context_switch(&scheduler_context, &process->context);
  current = NULL;
}

void scheduler_yield(void) {
  current->state = PROCESS_READY;
  scheduler_leave();
}

void scheduler_leave(void) {
  context_switch(&current->context, &scheduler_context);
}

void scheduler_timer(void) {
  uint64_t now = timer_now();
  timer_arm(TIME_NEVER);  // takes this interrupt back; the next run asks for the next
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_SLEEPING && process->wake_time <= now) process->state = PROCESS_READY;
  }
}

// With nobody ready no tick is needed, either: the timer rings for the first sleeper only.
static void wait_for_interrupt(void) {
  timer_arm(first_wake_time());
  // wfi ends when an interrupt is pending, taken or not. Interrupts go on only behind it, or one that came
  // between next_ready and wfi would be over when we start to wait for it.
  asm volatile("wfi");
  csr_set(sstatus, SSTATUS_SIE);
  csr_clear(sstatus, SSTATUS_SIE);
}

static uint64_t first_wake_time(void) {
  uint64_t first = TIME_NEVER;
  for (const struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_SLEEPING && process->wake_time < first) first = process->wake_time;
  }
  return first;
}
