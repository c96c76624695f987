// What a process may know of the system as a whole, and how it ends it.

#include "../archive.h"
#include "../common/string.h"
#include "../options.h"
#include "../process.h"
#include "../process_memory.h"
#include "../sbi.h"
#include "../scan.h"
#include "syscall.h"

static const char *const state_names[] = {
    [PROCESS_FREE] = "free",         [PROCESS_READY] = "ready",     [PROCESS_RUNNING] = "running",
    [PROCESS_SLEEPING] = "sleeping", [PROCESS_WAITING] = "waiting", [PROCESS_ENDED] = "ended",
};

static struct process *nth_process(uint64_t index);

long syscall_process_info(uint64_t index, uint64_t info, uint64_t) {
  const struct process *process = nth_process(index);
  if (!process) return -1;
  struct process_info answer = {
      .pid = process->pid,
      .parent = process->parent ? process->parent->pid : 0,
      .pages = process->root ? space_pages(process->root) : 0,
      .system_calls = process->system_calls,
      .page_faults = process->page_faults,
      .time_slices = process->time_slices,
  };
  copy_text(answer.name, process->name, sizeof answer.name);
  copy_text(answer.state, state_names[process->state], sizeof answer.state);
  return copy_to_process(info, &answer, sizeof answer) ? 0 : -1;
}

static struct process *nth_process(uint64_t index) {
  for (struct process *process = processes; process < processes + PROCESS_LIMIT; process++) {
    if (process->state != PROCESS_FREE && index-- == 0) return process;
  }
  return NULL;
}

long syscall_program_name(uint64_t index, uint64_t buffer, uint64_t size) {
  const char *name = archive_name(index);
  if (!name || strlen(name) + 1 > size) return -1;
  return copy_to_process(buffer, name, strlen(name) + 1) ? 0 : -1;
}

long syscall_shutdown(uint64_t status, uint64_t, uint64_t) {
  if (options.scan) scan_for(options.scan);
  sbi_shut_down(status != 0);
}
