// The words of a command on their way from one process to another.
#pragma once
#include "common/types.h"

#define ARGUMENT_LIMIT 32
#define ARGUMENT_BYTES 2048

struct arguments {
  unsigned count;
  unsigned length;
  char words[ARGUMENT_BYTES];  // one after the other, each with its zero
};

// Appends a word; false if it does not fit.
bool arguments_add(struct arguments *arguments, const char *word);
// Writes the words and argv to the top of a new process's stack page; answers how far below the page's end
// argv begins, which is where the stack pointer starts, too.
uint64_t arguments_place(const struct arguments *arguments, uint8_t *page, uint64_t page_end);
