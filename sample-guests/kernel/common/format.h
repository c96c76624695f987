#pragma once
#include "types.h"

// Where formatted text goes, one character at a time.
struct sink {
  void (*put)(struct sink *sink, char character);
};

// printf's little sister: %s %c %d %u %x %p %%, with l for 64 bits, a width, and - or 0 before it.
void format(struct sink *sink, const char *template, __builtin_va_list values);
