// Greets, and shows what a process knows of itself.
#include "library/pebble.h"

int main(int argc, char *argv[]) {
  print("Hello from process %ld: my main is at %p, my stack at %p.\n", getpid(), (void *)main, (void *)&argc);
  for (int i = 1; i < argc; i++) print("  argument %d: %s\n", i, argv[i]);
  return 0;
}
