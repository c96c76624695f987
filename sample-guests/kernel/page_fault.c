#include "page_fault.h"

#include "csr.h"
#include "layout.h"
#include "memory.h"

static bool in_heap(const struct process *process, uint64_t address);
static bool in_stack(uint64_t address);
static const char *explain(const struct process *process, uint64_t cause, uint64_t address);

void page_fault(uint64_t pc, uint64_t cause, uint64_t address) {
  if (cause != EXCEPTION_INSTRUCTION_PAGE_FAULT && page_in(current, address)) return;
  process_kill(pc, cause, address, explain(current, cause, address));
}

bool page_in(struct process *process, uint64_t address) {
  if (!in_heap(process, address) && !in_stack(address)) return false;
  if (space_lookup(process->root, address)) return false;  // there, but not for this kind of access
  void *page = page_allocate();
  if (!page) return false;
  if (!space_map(process->root, address, page, PTE_READ | PTE_WRITE)) {
    page_free(page);
    return false;
  }
  process->page_faults++;
  return true;
}

static bool in_heap(const struct process *process, uint64_t address) {
  return address >= process->heap_start && address < process->heap_end;
}

static bool in_stack(uint64_t address) {
  return address >= PROCESS_STACK_TOP - PROCESS_STACK_SIZE && address < PROCESS_STACK_TOP;
}

static const char *explain(const struct process *process, uint64_t cause, uint64_t address) {
  if (address >= 1ul << 38) return "the upper half belongs to the kernel";
  pte_t entry = space_lookup(process->root, address);
  if (cause == EXCEPTION_INSTRUCTION_PAGE_FAULT && entry) return "these pages hold data, not code";
  if (cause == EXCEPTION_STORE_PAGE_FAULT && entry) return "these pages are read-only";
  if (address < PROCESS_BASE) return "nothing is mapped so low, to catch null pointers";
  if (in_heap(process, address) || in_stack(address)) return "memory is out";
  if (address - (PROCESS_STACK_TOP - 2 * PROCESS_STACK_SIZE) < PROCESS_STACK_SIZE) return "its stack is full";
  return "nothing is mapped there";
}
