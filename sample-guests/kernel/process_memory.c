#include "process_memory.h"

#include "common/string.h"
#include "layout.h"
#include "memory.h"
#include "page_fault.h"

static uint8_t *reach(uint64_t address, uint64_t permission);
static size_t rest_of_page(uint64_t address, size_t length);

bool copy_from_process(void *to, uint64_t address, size_t length) {
  while (length > 0) {
    const uint8_t *from = reach(address, PTE_READ);
    if (!from) return false;
    size_t part = rest_of_page(address, length);
    memcpy(to, from, part);
    to += part, address += part, length -= part;
  }
  return true;
}

bool copy_to_process(uint64_t address, const void *from, size_t length) {
  while (length > 0) {
    uint8_t *to = reach(address, PTE_WRITE);
    if (!to) return false;
    size_t part = rest_of_page(address, length);
    memcpy(to, from, part);
    from += part, address += part, length -= part;
  }
  return true;
}

bool copy_text_from_process(char *to, uint64_t address, size_t size) {
  for (; size > 0; size--, to++, address++) {
    const uint8_t *from = reach(address, PTE_READ);
    if (!from) return false;
    *to = *from;
    if (*to == 0) return true;
  }
  return false;
}

// The kernel's own address for a byte of the process, if the process itself may access it in that way.
static uint8_t *reach(uint64_t address, uint64_t permission) {
  if (address >= PROCESS_STACK_TOP) return NULL;
  pte_t entry = space_lookup(current->root, address);
  if (!entry && page_in(current, address)) entry = space_lookup(current->root, address);
  if (!(entry & PTE_USER) || !(entry & permission)) return NULL;
  return (uint8_t *)pte_page(entry) + address % PAGE_SIZE;
}

static size_t rest_of_page(uint64_t address, size_t length) {
  size_t rest = PAGE_SIZE - address % PAGE_SIZE;
  return rest < length ? rest : length;
}
