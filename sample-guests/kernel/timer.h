// The clock. `time` counts ticks; how many make a second the device tree says.
#pragma once
#include "common/types.h"

#define TIME_NEVER (~0ul)

uint64_t timer_now(void);
uint64_t timer_ticks(uint64_t milliseconds);
// Asks for a timer interrupt at this time, instead of any asked for before.
void timer_arm(uint64_t deadline);
