// spawn, wait, exit, getpid: the life of a process.

#include "../process.h"

#include "../common/string.h"
#include "../common/syscall_numbers.h"
#include "../memory.h"
#include "../process_memory.h"
#include "syscall.h"

static bool gather(struct arguments *arguments, char *word, size_t size, uint64_t name, uint64_t argv);

long syscall_exit(uint64_t status, uint64_t, uint64_t) {
  process_exit(status);
}

long syscall_getpid(uint64_t, uint64_t, uint64_t) {
  return current->pid;
}

// The words travel in a page, half of it for all of them and half for the one just fetched: kernel stacks are
// small.
long syscall_spawn(uint64_t name, uint64_t argv, uint64_t) {
  struct {
    struct arguments arguments;
    char word[ARGUMENT_BYTES - sizeof(struct arguments) + ARGUMENT_BYTES];
  } *page = page_allocate();
  if (!page) return -1;
  long pid = -1;
  if (gather(&page->arguments, page->word, sizeof page->word, name, argv)) pid = process_spawn(&page->arguments);
  page_free(page);
  return pid;
}

// The new process's argv[0] is the program's name; the caller's own argv[0] is skipped.
static bool gather(struct arguments *arguments, char *word, size_t size, uint64_t name, uint64_t argv) {
  if (!copy_text_from_process(word, name, size) || !arguments_add(arguments, word)) return false;
  for (;;) {
    uint64_t address;
    argv += sizeof address;
    if (!copy_from_process(&address, argv, sizeof address)) return false;
    if (address == 0) return true;
    if (!copy_text_from_process(word, address, size) || !arguments_add(arguments, word)) return false;
  }
}

long syscall_wait(uint64_t pid, uint64_t status, uint64_t options) {
  int child_status;
  int child = process_wait(pid, &child_status, !(options & WAIT_NO_HANG));
  if (child > 0 && status && !copy_to_process(status, &child_status, sizeof child_status)) return -1;
  return child;
}
