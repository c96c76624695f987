#include "syscall.h"

#include "../common/syscall_numbers.h"
#include "../process.h"

struct syscall {
  const char *name;
  long (*handle)(uint64_t argument0, uint64_t argument1, uint64_t argument2);
};

const struct syscall syscalls[] = {
    [SYSCALL_EXIT] = {"exit", syscall_exit},
    [SYSCALL_WRITE] = {"write", syscall_write},
    [SYSCALL_READ] = {"read", syscall_read},
    [SYSCALL_SPAWN] = {"spawn", syscall_spawn},
    [SYSCALL_WAIT] = {"wait", syscall_wait},
    [SYSCALL_SLEEP] = {"sleep", syscall_sleep},
    [SYSCALL_GETPID] = {"getpid", syscall_getpid},
    [SYSCALL_SBRK] = {"sbrk", syscall_sbrk},
    [SYSCALL_PROCESS_INFO] = {"process_info", syscall_process_info},
    [SYSCALL_PROGRAM_NAME] = {"program_name", syscall_program_name},
    [SYSCALL_SHUTDOWN] = {"shutdown", syscall_shutdown},
};

long syscall(uint64_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2) {
  current->system_calls++;
  if (number >= countof(syscalls) || !syscalls[number].handle) return -1;
  return syscalls[number].handle(argument0, argument1, argument2);
}
