// The running process's memory, as its system calls name it. The kernel never follows a process's pointer: it
// walks the process's page table like the hardware would, and goes to the page by its own mapping. So a wrong
// pointer is a result, not a fault in the kernel, and the U and W bits are checked here.
#pragma once
#include "common/types.h"

bool copy_from_process(void *to, uint64_t address, size_t length);
bool copy_to_process(uint64_t address, const void *from, size_t length);
// Copies a text with its zero; false if it does not fit.
bool copy_text_from_process(char *to, uint64_t address, size_t size);
