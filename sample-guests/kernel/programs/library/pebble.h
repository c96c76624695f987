// What a program can ask the kernel for, and a few things it can do itself.
#pragma once
#include "../../common/process_info.h"
#include "../../common/string.h"
#include "../../common/syscall_numbers.h"
#include "../../common/types.h"

#define STANDARD_INPUT 0
#define STANDARD_OUTPUT 1

// System calls (syscalls.S); a negative result is a failure.
__attribute__((noreturn)) void exit(int status);
long write(int descriptor, const void *buffer, size_t length);
long read(int descriptor, void *buffer, size_t length);
long spawn(const char *name, char *const argv[]);
long wait(int pid, int *status, int options);
long sleep(uint64_t milliseconds);
long getpid(void);
void *sbrk(long bytes);
long process_info(uint64_t index, struct process_info *info);
long program_name(uint64_t index, char *buffer, size_t size);
__attribute__((noreturn)) void shutdown(int status);

// Writes formatted text to the standard output, a line's worth in one system call.
__attribute__((format(printf, 1, 2))) void print(const char *template, ...);

#define WORD_LIMIT 16

// A command line in words.
struct command {
  char *words[WORD_LIMIT + 1];  // NULL after the last
  unsigned count;
  bool background;  // it ended in &
};

// Cuts the text up in place.
void parse_command(char *text, struct command *command);
// Starts the command's program and, unless in the background, waits for its end; its status, -1 if there is no
// such program.
int run_command(const struct command *command);
