// The console: text out, lines in.
#pragma once
#include "common/types.h"

// Makes the serial line raise interrupts for what is typed.
void console_start(void);
void console_write(const char *text, size_t length);
// Waits for a line and takes as much of it as fits; 0 at the end of input (Control-D), -1 when interrupted.
long console_read(char *buffer, size_t size);
// Takes what the serial line has received.
void console_interrupt(void);

__attribute__((format(printf, 1, 2))) void print(const char *template, ...);
void print_values(const char *template, __builtin_va_list values);
