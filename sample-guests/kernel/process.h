// Processes: each believes to have the CPU and memory for itself.
#pragma once
#include "arguments.h"
#include "common/process_info.h"
#include "common/types.h"
#include "context.h"
#include "paging.h"
#include "trap.h"

#define PROCESS_LIMIT 32
#define STATUS_KILLED (-1)

enum process_state {
  PROCESS_FREE,      // the slot holds no process
  PROCESS_READY,     // wants the hart
  PROCESS_RUNNING,   // has it
  PROCESS_SLEEPING,  // until wake_time
  PROCESS_WAITING,   // for an event
  PROCESS_ENDED,     // its parent has not asked for its status yet
};

struct process {
  int pid;
  enum process_state state;
  char name[PROCESS_NAME_SIZE];
  struct process *parent;
  int status;
  bool interrupted;  // by Control-C: ends before it runs on

  // The process view: an address space of its own.
  pte_t *root;
  uint64_t heap_start;
  uint64_t heap_end;

  // How it left the hart, and how it gets it back.
  uint8_t *kernel_stack;
  struct trap_frame *frame;  // at the top of the kernel stack
  struct context context;
  uint64_t wake_time;
  const void *event;
  int awaited_child;  // while it waits for that child alone

  uint64_t system_calls;
  uint64_t page_faults;
  uint64_t time_slices;
};

extern struct process processes[PROCESS_LIMIT];
// Whose turn it is; NULL while the scheduler itself runs.
extern struct process *current;

// Loads the program that the first argument names into a new process; its pid, or -1.
int process_spawn(const struct arguments *arguments);
__attribute__((noreturn)) void process_exit(int status);
// Ends the running process for what it did, with a message that names the cause.
__attribute__((noreturn)) void process_kill(uint64_t pc, uint64_t cause, uint64_t value, const char *why);
// Waits until a child has ended (pid 0: any) and takes its status; its pid, -1 if there is no such child.
int process_wait(int pid, int *status, bool hang);
// Waits until process_wake is called with the same event; false when interrupted instead.
bool process_wait_for(const void *event);
void process_wake(const void *event);
// Waits until then, or until interrupted.
void process_sleep(uint64_t wake_time);
// Ends the process that the shell waits for (Control-C).
void process_interrupt_foreground(void);
