// Has a secret, in its memory and nowhere else, and keeps it for ever; `secret once` ends at once and leaves
// its page, secret and all, to the kernel.
#include "library/pebble.h"

int main(int argc, char *argv[]) {
  char *memory = sbrk(4096);
  if (memory == (char *)-1) return 1;
  const char *hidden = "gur-pbbx-arire-fyrrcf";  // in ROT13: the secret is not in the program's file
  size_t length = strlen(hidden);
  for (size_t i = 0; i <= length; i++) memory[i] = rot13(hidden[i]);
  print("secret: process %ld keeps %ld letters at %p\n", getpid(), length, memory);
  if (argc > 1 && strcmp(argv[1], "once") == 0) return 0;
  for (;;) sleep(1000 * 1000);
}
