// sbrk: moves the end of the heap. No page is handed out here: that happens at the first touch (page_fault.c).

#include "../memory.h"

#include "../layout.h"
#include "../process.h"
#include "syscall.h"

#define RESERVED_PAGES 64  // for page tables and kernel stacks, so that a greedy process starves nobody else

static bool may_grow(uint64_t bytes);
static void shrink(uint64_t new_end);

long syscall_sbrk(uint64_t bytes, uint64_t, uint64_t) {
  uint64_t former_end = current->heap_end;
  uint64_t new_end = former_end + bytes;
  if ((long)bytes > 0 && !may_grow(bytes)) return -1;
  if ((long)bytes < 0) {
    if (new_end < current->heap_start || new_end > former_end) return -1;
    shrink(new_end);
  }
  current->heap_end = new_end;
  return former_end;
}

static bool may_grow(uint64_t bytes) {
  if (bytes > PROCESS_STACK_TOP - 2 * PROCESS_STACK_SIZE - current->heap_end) return false;
  uint64_t pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
  return pages + RESERVED_PAGES <= memory_free_pages();
}

static void shrink(uint64_t new_end) {
  uint64_t page = (new_end + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
  for (; page < current->heap_end; page += PAGE_SIZE) space_unmap(current->root, page);
}
