// Address spaces: Sv39 page tables (Privileged Architecture 12.4). A space is known by its root table.
#pragma once
#include "common/types.h"

typedef uint64_t pte_t;

#define PTE_VALID (1 << 0)
#define PTE_READ (1 << 1)
#define PTE_WRITE (1 << 2)
#define PTE_EXECUTE (1 << 3)
#define PTE_USER (1 << 4)      // for U mode, and (SUM=0) not for S mode
#define PTE_GLOBAL (1 << 5)    // the same in every space: outlives a change of the root in the TLB
#define PTE_ACCESSED (1 << 6)  // set from the start: hardware may fault instead of setting them
#define PTE_DIRTY (1 << 7)

// The space of the kernel alone; every other space shares its upper half.
extern pte_t *kernel_root;

// Builds the kernel's space and moves into it: code not writable, data not executable.
void paging_start(void);
// Makes this space the hart's: the page-table root is what tells one process from another.
void space_activate(pte_t *root);
// A space with the kernel in its upper half and nothing in its lower; NULL when memory is out.
pte_t *space_create(void);
// Frees all pages and tables of the lower half, and the root.
void space_destroy(pte_t *root);
// Maps a page of the lower half with PTE_READ, PTE_WRITE, PTE_EXECUTE; false when memory is out.
bool space_map(pte_t *root, uint64_t address, void *page, uint64_t permissions);
// Takes a page out and frees it, if there is one.
void space_unmap(pte_t *root, uint64_t address);
// The leaf for an address of the lower half, or 0.
pte_t space_lookup(pte_t *root, uint64_t address);
// How many pages the lower half has.
uint64_t space_pages(pte_t *root);
// The page that a leaf leads to.
void *pte_page(pte_t entry);
// Maps GiB after GiB of physical memory, readable, from a virtual address on, into the kernel's own space.
void paging_map_gigabytes(uint64_t virtual, uint64_t physical, unsigned count);
