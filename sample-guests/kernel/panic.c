#include "panic.h"

#include "console.h"
#include "sbi.h"

void panic(const char *template, ...) {
  __builtin_va_list values;
  print("pebble: panic: ");
  __builtin_va_start(values, template);
  print_values(template, values);
  __builtin_va_end(values);
  print("\n");
  sbi_shut_down(true);
}
