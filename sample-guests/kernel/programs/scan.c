// Asks for all memory there is, and searches what it gets for a secret that others have left there. The secret
// is given in ROT13, so that the search does not find itself.
#include "library/pebble.h"

#define MEBIBYTE (1 << 20)
#define PAGE_SIZE 4096

static bool secret_at(const char *place, const char *end, const char *hidden) {
  for (; *hidden; hidden++, place++) {
    if (place == end || *place != rot13(*hidden)) return false;
  }
  return true;
}

// The kernel promises memory at once but gives each page at its first touch: so touch it, before asking on.
static bool take(long bytes) {
  const volatile char *memory = sbrk(bytes);
  if (memory == (char *)-1) return false;
  for (long offset = 0; offset < bytes; offset += PAGE_SIZE) (void)memory[offset];
  return true;
}

int main(int argc, char *argv[]) {
  const char *hidden = argc > 1 ? argv[1] : "gur-pbbx-arire-fyrrcf";
  char *start = sbrk(0);
  for (long bytes = MEBIBYTE; bytes >= PAGE_SIZE; bytes /= 2) {
    while (take(bytes)) {
    }
  }
  char *end = sbrk(0);
  long found = 0;
  for (const uint64_t *word = (uint64_t *)start; word < (uint64_t *)end; word++) {
    if (*word == 0) continue;
    for (unsigned i = 0; i < sizeof *word; i++) found += secret_at((const char *)word + i, end, hidden);
  }
  const char *result = found ? "is there" : "is not there";
  print("scan: %ld pages searched, the secret %s\n", (end - start) / PAGE_SIZE, result);
  return found > 0;
}
