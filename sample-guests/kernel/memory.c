#include "memory.h"

#include "common/string.h"
#include "layout.h"
#include "machine.h"
#include "panic.h"

extern uint8_t kernel_end[];

// A page that was given back; the list of them runs through the pages themselves.
struct free_page {
  struct free_page *next;
};

static struct {
  struct free_page *returned;
  uint64_t returned_count;
  uint8_t *untouched;  // from here to the end of RAM no page was ever used: no list to build at the start
  uint8_t *end;
} memory;

void *from_physical(uint64_t address) {
  return (void *)(address + KERNEL_OFFSET);
}

uint64_t to_physical(const void *pointer) {
  return (uint64_t)pointer - KERNEL_OFFSET;
}

void memory_start(void) {
  memory.untouched = kernel_end;
  memory.end = from_physical((machine.ram.start + machine.ram.size) & -(uint64_t)PAGE_SIZE);
  if (memory.end <= memory.untouched) panic("RAM ends before the kernel does");
}

void *page_allocate(void) {
  uint64_t *page;
  if (memory.returned) {
    page = (uint64_t *)memory.returned;
    memory.returned = memory.returned->next;
    memory.returned_count--;
  } else if (memory.untouched < memory.end) {
    page = (uint64_t *)memory.untouched;
    memory.untouched += PAGE_SIZE;
  } else {
    return NULL;
  }
  // Zeroed here and not when freed: whoever gets a page must not read what its last owner, be it a process
  // or the firmware, left in it.
  for (unsigned i = 0; i < PAGE_SIZE / sizeof *page; i++) page[i] = 0;
  return page;
}

void page_free(void *page) {
  struct free_page *returned = page;
  returned->next = memory.returned;
  memory.returned = returned;
  memory.returned_count++;
}

uint64_t memory_free_pages(void) {
  return memory.returned_count + (memory.end - memory.untouched) / PAGE_SIZE;
}
