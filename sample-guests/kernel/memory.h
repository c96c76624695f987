// Which pages of RAM are free. A page is handed around by its kernel-virtual address.
#pragma once
#include "common/types.h"

// The kernel's addresses for RAM and devices differ from physical ones by a constant.
void *from_physical(uint64_t address);
uint64_t to_physical(const void *pointer);

// All RAM behind the kernel's own image is free.
void memory_start(void);
// A page of zeros, or NULL when there is none left.
void *page_allocate(void);
void page_free(void *page);
uint64_t memory_free_pages(void);
