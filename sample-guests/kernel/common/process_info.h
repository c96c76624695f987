#pragma once
#include "types.h"

#define PROCESS_NAME_SIZE 16

// What `ps` shows of a process.
struct process_info {
  int pid;
  int parent;
  char name[PROCESS_NAME_SIZE];
  char state[PROCESS_NAME_SIZE];
  uint64_t pages;
  uint64_t system_calls;
  uint64_t page_faults;
  uint64_t time_slices;
};
