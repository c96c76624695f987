// Computes: hardly a system call, so the timer has to take the hart away.
#include "library/pebble.h"

long found;
long last_prime;

static bool is_prime(long number) {
  if (number % 2 == 0) return number == 2;
  for (long divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor == 0) return false;
  }
  return true;
}

int main(int argc, char *argv[]) {
  long limit = argc > 1 ? parse_number(argv[1]) : 10000;
  for (long number = 2; number < limit; number++) {
    if (!is_prime(number)) continue;
    found++;
    last_prime = number;
  }
  print("primes: %ld below %ld, the last is %ld\n", found, limit, last_prime);
  return 0;
}
