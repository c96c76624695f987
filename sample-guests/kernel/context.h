// Switching between kernel stacks: the scheduler's and one per process.
#pragma once
#include "common/types.h"

// What a function may expect to find unchanged after a call; everything else the compiler has saved.
struct context {
  uint64_t ra;
  uint64_t sp;
  uint64_t s[12];
};

// Saves the running context and goes on in the other; returns when someone switches back.
void context_switch(struct context *from, const struct context *to);
