#include "linux.h"

#include "../kernel/common/format.h"

// Numbers of Linux's generic table.
enum system_call {
  SYS_FCNTL = 25,
  SYS_IOCTL = 29,
  SYS_OPENAT = 56,
  SYS_LSEEK = 62,
  SYS_READ = 63,
  SYS_WRITE = 64,
  SYS_EXIT_GROUP = 94,
  SYS_RT_SIGACTION = 134,
  SYS_GETPID = 172,
  SYS_MMAP = 222,
};

#define AT_FDCWD -100
#define F_GETFL 3
#define F_SETFL 4
#define F_SETOWN 8
#define PROT_READ_WRITE 3
#define MAP_SHARED 1
#define MAP_PRIVATE_ANONYMOUS 0x22

static long system_call(long number, long a, long b, long c, long d, long e, long f) {
  register long a0 asm("a0") = a;
  register long a1 asm("a1") = b;
  register long a2 asm("a2") = c;
  register long a3 asm("a3") = d;
  register long a4 asm("a4") = e;
  register long a5 asm("a5") = f;
  register long a7 asm("a7") = number;
  asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
  return a0;
}

long open_file(const char *path, int flags) {
  return system_call(SYS_OPENAT, AT_FDCWD, (long)path, flags, 0, 0, 0);
}

long read(int file, void *buffer, size_t size) {
  return system_call(SYS_READ, file, (long)buffer, size, 0, 0, 0);
}

long write(int file, const void *buffer, size_t size) {
  return system_call(SYS_WRITE, file, (long)buffer, size, 0, 0, 0);
}

long seek(int file, long offset, int whence) {
  return system_call(SYS_LSEEK, file, offset, whence, 0, 0, 0);
}

long control(int file, uint32_t request, const void *argument) {
  return system_call(SYS_IOCTL, file, request, (long)argument, 0, 0, 0);
}

void *map_memory(size_t size) {
  return (void *)system_call(SYS_MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
}

void *map_shared(int file, size_t size) {
  return (void *)system_call(SYS_MMAP, 0, size, PROT_READ_WRITE, MAP_SHARED, file, 0);
}

// Errors are the highest 4095 addresses.
bool is_mapped(const void *memory) {
  return (uint64_t)memory < -4095ul;
}

long file_flags(int file) {
  return system_call(SYS_FCNTL, file, F_GETFL, 0, 0, 0, 0);
}

void set_file_flags(int file, long flags) {
  system_call(SYS_FCNTL, file, F_SETFL, flags, 0, 0, 0);
}

void own_signals_of(int file) {
  long self = system_call(SYS_GETPID, 0, 0, 0, 0, 0, 0);
  system_call(SYS_FCNTL, file, F_SETOWN, self, 0, 0, 0);
}

void on_signal(int signal, void (*handler)(int signal)) {
  struct {
    void (*handler)(int signal);
    uint64_t flags;
    uint64_t mask;
  } action = {handler, 0, 0};
  system_call(SYS_RT_SIGACTION, signal, (long)&action, 0, sizeof action.mask, 0, 0);
}

void exit(int status) {
  for (;;) system_call(SYS_EXIT_GROUP, status, 0, 0, 0, 0, 0);
}

static void put_on_standard_error(struct sink *sink, char character) {
  (void)sink;
  write(2, &character, 1);
}

void fail(const char *template, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, template);
  struct sink sink = {put_on_standard_error};
  format(&sink, template, values);
  put_on_standard_error(&sink, '\n');
  exit(1);
}
