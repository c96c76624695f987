// sleep: gives the hart away for a while.

#include "../timer.h"

#include "../process.h"
#include "syscall.h"

long syscall_sleep(uint64_t milliseconds, uint64_t, uint64_t) {
  process_sleep(timer_now() + timer_ticks(milliseconds));
  return 0;
}
