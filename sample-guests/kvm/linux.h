// System calls of Linux on riscv64, as far as this program needs them. All answer a negative error number where
// they fail.
#pragma once
#include "../kernel/common/types.h"

enum linux_error { EINTR = 4, EAGAIN = 11 };

#define O_RDWR 2
#define O_NONBLOCK 04000
#define O_ASYNC 020000
#define SEEK_SET 0
#define SEEK_END 2
#define SIGIO 29

long open_file(const char *path, int flags);
long read(int file, void *buffer, size_t size);
long write(int file, const void *buffer, size_t size);
long seek(int file, long offset, int whence);
long control(int file, uint32_t request, const void *argument);
// Memory, zeroed, wherever there is room; or, of a file, what the file shares.
void *map_memory(size_t size);
void *map_shared(int file, size_t size);
bool is_mapped(const void *memory);

long file_flags(int file);
void set_file_flags(int file, long flags);
// The process itself gets SIGIO when a file with O_ASYNC has something to read.
void own_signals_of(int file);
void on_signal(int signal, void (*handler)(int signal));
_Noreturn void exit(int status);

// Formatted text to standard error, and the end, with status 1.
_Noreturn void fail(const char *template, ...);
