#include "plic.h"

#define PRIORITIES 0x0
#define PENDING 0x1000
#define ENABLE 0x2000
#define THRESHOLD 0x200000
#define CLAIM_COMPLETE 0x200004

static struct {
  uint32_t priority[PLIC_SOURCES];
  uint32_t lines;
  uint32_t pending;  // bits by source, as in the others
  uint32_t claimed;  // until it is completed, a source makes no new request
  uint32_t enabled;
  uint32_t threshold;
} plic;

static uint32_t highest(void);
static uint32_t claim(void);
static void latch(void);

uint32_t plic_load(uint64_t offset) {
  if (offset < PRIORITIES + 4 * PLIC_SOURCES) return plic.priority[offset / 4];
  switch (offset) {
    case PENDING: return plic.pending;
    case ENABLE: return plic.enabled;
    case THRESHOLD: return plic.threshold;
    case CLAIM_COMPLETE: return claim();
    default: return 0;
  }
}

void plic_store(uint64_t offset, uint32_t value) {
  if (offset >= 4 && offset < PRIORITIES + 4 * PLIC_SOURCES) plic.priority[offset / 4] = value & 7;
  if (offset == ENABLE) plic.enabled = value & ~1u;  // there is no source 0
  if (offset == THRESHOLD) plic.threshold = value & 7;
  if (offset == CLAIM_COMPLETE && value < PLIC_SOURCES) {
    plic.claimed &= ~(1u << value);
    latch();
  }
}

void plic_set_line(uint32_t source, bool raised) {
  if (raised) plic.lines |= 1u << source;
  else plic.lines &= ~(1u << source);
  latch();
}

bool plic_output(void) {
  const uint32_t source = highest();
  return source != 0 && plic.priority[source] > plic.threshold;
}

// Lines are levels: a raised one makes a request, and again when the last is completed.
static void latch(void) {
  plic.pending = (plic.pending | plic.lines) & ~plic.claimed;
}

static uint32_t claim(void) {
  const uint32_t source = highest();
  plic.pending &= ~(1u << source);
  if (source != 0) plic.claimed |= 1u << source;
  return source;
}

// The lowest number among the pending and enabled of the highest priority; 0 where there is none.
static uint32_t highest(void) {
  uint32_t best = 0;
  for (uint32_t source = 1; source < PLIC_SOURCES; source++) {
    if (plic.pending & plic.enabled & 1u << source && plic.priority[source] > plic.priority[best]) best = source;
  }
  return best;
}
