// Page faults of processes. Some are welcome: heap and stack get their pages when they are first touched.
#pragma once
#include "process.h"

// Answers a page fault of the running process: gives it the page, or kills it.
void page_fault(uint64_t pc, uint64_t cause, uint64_t address);
// Gives a process a page of zeros at this address if it has a right to one there and has none yet.
bool page_in(struct process *process, uint64_t address);
