// System calls: what a process can ask for. common/syscall_numbers.h says what each takes and answers.
#pragma once
#include "../common/types.h"

// Carries out a system call of the running process.
long syscall(uint64_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2);

long syscall_exit(uint64_t status, uint64_t, uint64_t);
long syscall_write(uint64_t descriptor, uint64_t buffer, uint64_t length);
long syscall_read(uint64_t descriptor, uint64_t buffer, uint64_t length);
long syscall_spawn(uint64_t name, uint64_t argv, uint64_t);
long syscall_wait(uint64_t pid, uint64_t status, uint64_t options);
long syscall_sleep(uint64_t milliseconds, uint64_t, uint64_t);
long syscall_getpid(uint64_t, uint64_t, uint64_t);
long syscall_sbrk(uint64_t bytes, uint64_t, uint64_t);
long syscall_process_info(uint64_t index, uint64_t info, uint64_t);
long syscall_program_name(uint64_t index, uint64_t buffer, uint64_t size);
long syscall_shutdown(uint64_t status, uint64_t, uint64_t);
