// The contract between programs and kernel: the number goes in a7, arguments in a0 to a2, the result comes
// back in a0; a negative result is a failure. Also read by the assembler, hence no C here.
#pragma once

#define SYSCALL_EXIT 1          // (status)
#define SYSCALL_WRITE 2         // (descriptor, buffer, length) -> bytes written
#define SYSCALL_READ 3          // (descriptor, buffer, length) -> bytes read, 0 at the end of input
#define SYSCALL_SPAWN 4         // (name, argv) -> pid
#define SYSCALL_WAIT 5          // (pid or 0 for any child, int *status, options) -> pid
#define SYSCALL_SLEEP 6         // (milliseconds)
#define SYSCALL_GETPID 7        // () -> pid
#define SYSCALL_SBRK 8          // (bytes, signed) -> the former end of the heap
#define SYSCALL_PROCESS_INFO 9  // (index, struct process_info *) -> 0, or -1 after the last
#define SYSCALL_PROGRAM_NAME 10 // (index, buffer, size) -> 0, or -1 after the last
#define SYSCALL_SHUTDOWN 11     // (status): does not return

#define WAIT_NO_HANG 1          // wait: answer 0 at once when no such child has ended
