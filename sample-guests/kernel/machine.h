// The system view: what this kernel believes to own. Under a VMM it is the VMM that answers for every line.
#pragma once
#include "common/types.h"

#define DEVICE_LIMIT 32
#define COMMAND_LINE_SIZE 256

struct physical_range {
  uint64_t start;
  uint64_t size;
};

struct machine {
  uint64_t hart;
  struct physical_range ram;
  struct physical_range uart;  // size 0: there is none
  uint32_t uart_interrupt;
  struct physical_range plic;
  uint32_t plic_context;  // the PLIC's name for this hart in S mode
  uint32_t timebase_frequency;  // ticks of `time` in a second
  struct physical_range devices[DEVICE_LIMIT];  // everything in the device tree that is no RAM
  unsigned device_count;
  char command_line[COMMAND_LINE_SIZE];
};

extern struct machine machine;

// Fills `machine` from the device tree. Copies what it needs, for the tree's own pages are free RAM afterwards.
void machine_describe(uint64_t hart, uint64_t device_tree);
