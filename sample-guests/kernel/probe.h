// Loads that may fail: looking where perhaps nothing answers, without a panic.
#pragma once
#include "trap.h"

// In probe.S. Loads the 8 bytes at an aligned address; false if that faults.
bool probe_load(const uint64_t *address, uint64_t *value);
// Whether the trap came from probe_load; its frame is then made to return false.
bool probe_failed(struct trap_frame *frame);
