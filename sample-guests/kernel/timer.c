#include "timer.h"

#include "csr.h"
#include "machine.h"
#include "sbi.h"

uint64_t timer_now(void) {
  return csr_read(time);
}

uint64_t timer_ticks(uint64_t milliseconds) {
  return milliseconds * machine.timebase_frequency / 1000;
}

void timer_arm(uint64_t deadline) {
  sbi_set_timer(deadline);
}
