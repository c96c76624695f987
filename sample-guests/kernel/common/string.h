#pragma once
#include "types.h"

// The compiler itself calls these four.
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);

size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
bool starts_with(const char *text, const char *start);
// Copies as much as fits; the copy always ends with a zero.
void copy_text(char *to, const char *from, size_t size);
// Reads decimal digits; what follows them is ignored.
long parse_number(const char *text);
// The letter 13 places on; everything else as it is. Applying it twice gives the letter back.
char rot13(char letter);
