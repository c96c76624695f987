#include "arguments.h"

#include "common/string.h"
#include "layout.h"

bool arguments_add(struct arguments *arguments, const char *word) {
  size_t size = strlen(word) + 1;
  if (arguments->count == ARGUMENT_LIMIT || size > ARGUMENT_BYTES - arguments->length) return false;
  memcpy(arguments->words + arguments->length, word, size);
  arguments->length += size;
  arguments->count++;
  return true;
}

uint64_t arguments_place(const struct arguments *arguments, uint8_t *page, uint64_t page_end) {
  uint64_t words_size = (arguments->length + 7) & -8ul;
  uint64_t argv_size = (arguments->count + 1) * sizeof(uint64_t);
  uint64_t total = (words_size + argv_size + 15) & -16ul;  // the stack pointer must be a multiple of 16

  uint8_t *words = page + PAGE_SIZE - words_size;
  uint64_t *argv = (uint64_t *)(page + PAGE_SIZE - total);
  memcpy(words, arguments->words, arguments->length);
  const char *word = (const char *)words;
  for (unsigned i = 0; i < arguments->count; i++, word += strlen(word) + 1) {
    argv[i] = page_end - (page + PAGE_SIZE - (const uint8_t *)word);
  }
  argv[arguments->count] = 0;
  return total;
}
