#include "paging.h"

#include "common/string.h"
#include "csr.h"
#include "layout.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"

#define ENTRIES 512
#define LEVELS 3
#define LOWER_HALF_ENTRIES (ENTRIES / 2)

extern uint8_t kernel_start[], text_end[], rodata_end[];

pte_t *kernel_root;

static void map_kernel(const void *start, const void *end, uint64_t permissions);
static void map_device(struct physical_range range);
static pte_t *find_entry(pte_t *root, uint64_t address, unsigned target_level, bool create);
static void free_table(pte_t *table, unsigned level, unsigned entries);
static uint64_t count_pages(pte_t *table, unsigned level, unsigned entries);

// How many bytes one entry of a table maps: 4 KiB at level 0, 2 MiB at level 1, 1 GiB at level 2.
static uint64_t span(unsigned level) {
  return (uint64_t)PAGE_SIZE << 9 * level;
}

static unsigned table_index(uint64_t address, unsigned level) {
  return address / span(level) % ENTRIES;
}

static pte_t make_pte(uint64_t physical, uint64_t flags) {
  return physical / PAGE_SIZE << 10 | flags | PTE_VALID;
}

static bool is_leaf(pte_t entry) {
  return entry & (PTE_READ | PTE_WRITE | PTE_EXECUTE);
}

void *pte_page(pte_t entry) {
  return from_physical((entry >> 10) * PAGE_SIZE);
}

void paging_start(void) {
  kernel_root = page_allocate();
  const void *ram_end = from_physical(machine.ram.start + machine.ram.size);
  map_kernel(kernel_start, text_end, PTE_READ | PTE_EXECUTE);
  map_kernel(text_end, rodata_end, PTE_READ);
  map_kernel(rodata_end, ram_end, PTE_READ | PTE_WRITE);
  map_device(machine.uart);
  map_device(machine.plic);
  csr_write(satp, SATP_MODE_SV39 | to_physical(kernel_root) / PAGE_SIZE);
  asm volatile("sfence.vma" ::: "memory");  // all of it, global entries too: boot.S's table is gone
}

static void map_device(struct physical_range range) {
  if (range.size == 0) return;
  uint64_t end = (range.start + range.size + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
  map_kernel(from_physical(range.start), from_physical(end), PTE_READ | PTE_WRITE);
}

// Maps kernel addresses to the physical ones they stand for, with leaves as large as alignment allows.
static void map_kernel(const void *start, const void *end, uint64_t permissions) {
  uint64_t flags = permissions | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY;
  uint64_t address = (uint64_t)start;
  while (address < (uint64_t)end) {
    unsigned level = LEVELS - 1;
    while (level > 0 && (address % span(level) != 0 || (uint64_t)end - address < span(level))) level--;
    pte_t *entry = find_entry(kernel_root, address, level, true);
    if (!entry) panic("no memory for the kernel's own page tables");
    *entry = make_pte(address - KERNEL_OFFSET, flags);
    address += span(level);
  }
}

// Walks from the root to the entry for an address at a level, as the hardware does, making missing tables on
// the way when asked to. NULL: there is none.
static pte_t *find_entry(pte_t *table, uint64_t address, unsigned target_level, bool create) {
  for (unsigned level = LEVELS - 1; level > target_level; level--) {
    pte_t *entry = &table[table_index(address, level)];
    if (*entry & PTE_VALID) {
      if (is_leaf(*entry)) return NULL;
    } else {
      void *next = create ? page_allocate() : NULL;
      if (!next) return NULL;
      *entry = make_pte(to_physical(next), 0);
    }
    table = pte_page(*entry);
  }
  return &table[table_index(address, target_level)];
}

void space_activate(pte_t *root) {
  csr_write(satp, SATP_MODE_SV39 | to_physical(root) / PAGE_SIZE);
  // All spaces use ASID 0, so what the TLB holds of the last one must go. Naming the ASID (rs2 not x0) spares
  // the global entries: the kernel's.
  asm volatile("sfence.vma zero, %0" ::"r"(0ul) : "memory");
}

pte_t *space_create(void) {
  pte_t *root = page_allocate();
  if (!root) return NULL;
  memcpy(root + LOWER_HALF_ENTRIES, kernel_root + LOWER_HALF_ENTRIES, LOWER_HALF_ENTRIES * sizeof *root);
  return root;
}

void space_destroy(pte_t *root) {
  free_table(root, LEVELS - 1, LOWER_HALF_ENTRIES);
}

static void free_table(pte_t *table, unsigned level, unsigned entries) {
  for (unsigned i = 0; i < entries; i++) {
    if (!(table[i] & PTE_VALID)) continue;
    if (is_leaf(table[i])) page_free(pte_page(table[i]));
    else free_table(pte_page(table[i]), level - 1, ENTRIES);
  }
  page_free(table);
}

bool space_map(pte_t *root, uint64_t address, void *page, uint64_t permissions) {
  pte_t *entry = find_entry(root, address, 0, true);
  if (!entry) return false;
  *entry = make_pte(to_physical(page), permissions | PTE_USER | PTE_ACCESSED | PTE_DIRTY);
  // The TLB may remember that there was nothing here.
  asm volatile("sfence.vma %0, zero" ::"r"(address) : "memory");
  return true;
}

void space_unmap(pte_t *root, uint64_t address) {
  pte_t *entry = find_entry(root, address, 0, false);
  if (!entry || !(*entry & PTE_VALID)) return;
  page_free(pte_page(*entry));
  *entry = 0;
  asm volatile("sfence.vma %0, zero" ::"r"(address) : "memory");
}

pte_t space_lookup(pte_t *root, uint64_t address) {
  pte_t *entry = find_entry(root, address, 0, false);
  return entry && (*entry & PTE_VALID) ? *entry : 0;
}

uint64_t space_pages(pte_t *root) {
  return count_pages(root, LEVELS - 1, LOWER_HALF_ENTRIES);
}

static uint64_t count_pages(pte_t *table, unsigned level, unsigned entries) {
  uint64_t pages = 0;
  for (unsigned i = 0; i < entries; i++) {
    if (!(table[i] & PTE_VALID)) continue;
    pages += is_leaf(table[i]) ? 1 : count_pages(pte_page(table[i]), level - 1, ENTRIES);
  }
  return pages;
}

void paging_map_gigabytes(uint64_t virtual, uint64_t physical, unsigned count) {
  for (unsigned i = 0; i < count; i++, virtual += span(2), physical += span(2)) {
    kernel_root[table_index(virtual, 2)] = make_pte(physical, PTE_READ | PTE_ACCESSED | PTE_DIRTY);
  }
  space_activate(kernel_root);
}
