#include "probe.h"

extern const uint8_t probe_load_access[], probe_load_failed[];

bool probe_failed(struct trap_frame *frame) {
  if (frame->sepc != (uint64_t)probe_load_access) return false;
  frame->sepc = (uint64_t)probe_load_failed;
  return true;
}
