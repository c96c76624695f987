#include "string.h"

void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *target = to;
  const uint8_t *source = from;
  if ((((uint64_t)target | (uint64_t)source) & 7) == 0) {
    for (; length >= 8; length -= 8, target += 8, source += 8) {
      *(uint64_t *)target = *(const uint64_t *)source;
    }
  }
  while (length-- > 0) *target++ = *source++;
  return to;
}

void *memmove(void *to, const void *from, size_t length) {
  if (to <= from) return memcpy(to, from, length);
  uint8_t *target = to;
  const uint8_t *source = from;
  while (length-- > 0) target[length] = source[length];
  return to;
}

void *memset(void *to, int value, size_t length) {
  uint8_t *target = to;
  while (length-- > 0) *target++ = value;
  return to;
}

int memcmp(const void *a, const void *b, size_t length) {
  const uint8_t *left = a, *right = b;
  for (; length > 0; length--, left++, right++) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (uint8_t)*a - (uint8_t)*b;
}

bool starts_with(const char *text, const char *start) {
  while (*start) {
    if (*text++ != *start++) return false;
  }
  return true;
}

void copy_text(char *to, const char *from, size_t size) {
  for (; size > 1 && *from; size--) *to++ = *from++;
  *to = 0;
}

long parse_number(const char *text) {
  long number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (*text - '0');
  return number;
}

char rot13(char letter) {
  if (letter >= 'a' && letter <= 'z') return 'a' + (letter - 'a' + 13) % 26;
  if (letter >= 'A' && letter <= 'Z') return 'A' + (letter - 'A' + 13) % 26;
  return letter;
}
