// write and read: the descriptors 0, 1 and 2 are the console; there are no files.

#include "../console.h"

#include "../memory.h"
#include "../process_memory.h"
#include "syscall.h"

#define STANDARD_INPUT 0
#define STANDARD_OUTPUT 1
#define STANDARD_ERROR 2

long syscall_write(uint64_t descriptor, uint64_t buffer, uint64_t length) {
  if (descriptor != STANDARD_OUTPUT && descriptor != STANDARD_ERROR) return -1;
  char part[64];
  for (uint64_t written = 0; written < length;) {
    uint64_t size = length - written < sizeof part ? length - written : sizeof part;
    if (!copy_from_process(part, buffer + written, size)) return -1;
    console_write(part, size);
    written += size;
  }
  return length;
}

long syscall_read(uint64_t descriptor, uint64_t buffer, uint64_t length) {
  char line[128];
  if (descriptor != STANDARD_INPUT) return -1;
  long size = console_read(line, length < sizeof line ? length : sizeof line);
  if (size > 0 && !copy_to_process(buffer, line, size)) return -1;
  return size;
}
