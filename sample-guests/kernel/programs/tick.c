// Sleeps and prints: most of the time nobody needs the hart.
#include "library/pebble.h"

int main(int argc, char *argv[]) {
  long times = argc > 1 ? parse_number(argv[1]) : 5;
  long milliseconds = argc > 2 ? parse_number(argv[2]) : 200;
  for (long tick = 1; tick <= times; tick++) {
    sleep(milliseconds);
    print("tick %ld\n", tick);
  }
  return 0;
}
