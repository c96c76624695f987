#include "process.h"

#include "archive.h"
#include "common/string.h"
#include "console.h"
#include "csr.h"
#include "elf.h"
#include "layout.h"
#include "memory.h"
#include "panic.h"
#include "scheduler.h"

struct process processes[PROCESS_LIMIT];

static int last_pid;

static struct process *free_slot(void);
static bool build(struct process *process, const struct arguments *arguments);
static bool build_stack(struct process *process, const struct arguments *arguments);
static void release(struct process *process);
static void give_children_to_init(void);
static struct process *ended_child(int pid, bool *exists);

int process_spawn(const struct arguments *arguments) {
  struct process *process = free_slot();
  if (!process) return -1;
  *process = (struct process){.parent = current};
  if (!build(process, arguments)) {
    release(process);
    return -1;
  }
  copy_text(process->name, arguments->words, sizeof process->name);
  process->pid = ++last_pid;
  process->state = PROCESS_READY;
  return process->pid;
}

static struct process *free_slot(void) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_FREE) return process;
  }
  return NULL;
}

// A new process looks as if it had just trapped into the kernel: its first run is the return from that trap.
static bool build(struct process *process, const struct arguments *arguments) {
  struct program program;
  if (!archive_find(arguments->words, &program.image, &program.size)) return false;
  process->kernel_stack = page_allocate();
  process->root = space_create();
  if (!process->kernel_stack || !process->root) return false;
  if (!elf_load(&program, process->root)) return false;
  process->heap_start = process->heap_end = program.end;

  process->frame = (struct trap_frame *)(process->kernel_stack + KERNEL_STACK_SIZE) - 1;
  process->frame->sepc = program.entry;
  // SPP = 0 and SPIE = 1: sret goes to U mode and lets interrupts through. The other fields stay as they are.
  process->frame->sstatus = (csr_read(sstatus) & ~SSTATUS_SPP) | SSTATUS_SPIE;
  process->context.ra = (uint64_t)trap_return;
  process->context.sp = (uint64_t)process->frame;
  return build_stack(process, arguments);
}

static bool build_stack(struct process *process, const struct arguments *arguments) {
  uint8_t *page = page_allocate();
  if (!page) return false;
  if (!space_map(process->root, PROCESS_STACK_TOP - PAGE_SIZE, page, PTE_READ | PTE_WRITE)) {
    page_free(page);
    return false;
  }
  uint64_t argv = PROCESS_STACK_TOP - arguments_place(arguments, page, PROCESS_STACK_TOP);
  process->frame->sp = argv;
  process->frame->a0 = arguments->count;
  process->frame->a1 = argv;
  return true;
}

static void release(struct process *process) {
  if (process->root) space_destroy(process->root);
  if (process->kernel_stack) page_free(process->kernel_stack);
  *process = (struct process){};
}

void process_exit(int status) {
  if (current->pid == 1) panic("init has ended, with status %d", status);
  give_children_to_init();
  space_activate(kernel_root);  // nobody may stand in a space that is being torn down
  space_destroy(current->root);
  current->root = NULL;
  current->status = status;
  current->state = PROCESS_ENDED;
  process_wake(current->parent);
  scheduler_leave();  // for good: the parent frees this kernel stack
  panic("a process that had ended came back");
}

static void give_children_to_init(void) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_FREE || process->parent != current) continue;
    process->parent = &processes[0];
    if (process->state == PROCESS_ENDED) process_wake(process->parent);
  }
}

void process_kill(uint64_t pc, uint64_t cause, uint64_t value, const char *why) {
  print("pebble: process %d (%s) was killed: %s at pc %p", current->pid, current->name, trap_cause_name(cause),
        (void *)pc);
  if (cause == EXCEPTION_ILLEGAL_INSTRUCTION) print(" (the instruction is %08lx)", value);
  else if (value != pc) print(", address %p", (void *)value);
  print(": %s\n", why);
  process_exit(STATUS_KILLED);
}

int process_wait(int pid, int *status, bool hang) {
  for (;;) {
    bool exists = false;
    struct process *child = ended_child(pid, &exists);
    if (child) {
      int ended_pid = child->pid;
      *status = child->status;
      release(child);
      return ended_pid;
    }
    if (!exists) return -1;
    if (!hang) return 0;
    current->awaited_child = pid;
    bool woken = process_wait_for(current);
    current->awaited_child = 0;
    if (!woken) return -1;
  }
}

static struct process *ended_child(int pid, bool *exists) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_FREE || process->parent != current) continue;
    if (pid != 0 && process->pid != pid) continue;
    *exists = true;
    if (process->state == PROCESS_ENDED) return process;
  }
  return NULL;
}

bool process_wait_for(const void *event) {
  if (current->interrupted) return false;
  current->event = event;
  current->state = PROCESS_WAITING;
  scheduler_leave();
  current->event = NULL;
  return !current->interrupted;
}

void process_wake(const void *event) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_WAITING && process->event == event) process->state = PROCESS_READY;
  }
}

void process_sleep(uint64_t wake_time) {
  if (current->interrupted) return;
  current->wake_time = wake_time;
  current->state = PROCESS_SLEEPING;
  scheduler_leave();
}

// That is the process at the end of the chain of those who wait for one child: init waits for the shell, the
// shell for a program. init and its child, the shell, are left alone.
void process_interrupt_foreground(void) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state == PROCESS_FREE || process->awaited_child != 0) continue;
    if (process->pid == 1 || process->parent->pid == 1) continue;
    if (process->parent->awaited_child != process->pid) continue;
    process->interrupted = true;
    bool asleep = process->state == PROCESS_SLEEPING || process->state == PROCESS_WAITING;
    if (asleep) process->state = PROCESS_READY;
  }
}
