// System calls. The arguments are already where the kernel wants them: a function call and a system call use
// the same registers. After the ecall the kernel has the hart; it comes back to the instruction behind.

#include "../../common/syscall_numbers.h"

        .cfi_sections .debug_frame
        .text

.macro system_call name, number
        .globl  \name
        .type   \name, @function
\name:
        .cfi_startproc
        li      a7, \number
        ecall
        ret
        .cfi_endproc
        .size   \name, . - \name
.endm

        system_call exit, SYSCALL_EXIT
        system_call write, SYSCALL_WRITE
        system_call read, SYSCALL_READ
        system_call spawn, SYSCALL_SPAWN
        system_call wait, SYSCALL_WAIT
        system_call sleep, SYSCALL_SLEEP
        system_call getpid, SYSCALL_GETPID
        system_call sbrk, SYSCALL_SBRK
        system_call process_info, SYSCALL_PROCESS_INFO
        system_call program_name, SYSCALL_PROGRAM_NAME
        system_call shutdown, SYSCALL_SHUTDOWN
