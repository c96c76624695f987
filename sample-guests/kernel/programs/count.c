// Talks a lot: a system call, and many accesses to the UART, for every line.
#include "library/pebble.h"

long counted;  // global, to be watched: every process that runs this program has its own at this address

int main(int argc, char *argv[]) {
  long limit = argc > 1 ? parse_number(argv[1]) : 100;
  while (counted < limit) {
    counted++;
    print("count: %ld of %ld\n", counted, limit);
  }
  return 0;
}
