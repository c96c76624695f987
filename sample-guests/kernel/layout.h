// The memory map, for C and for the assembler.
//
//   0x0000000000000000   nothing: null pointers fault
//   0x0000000000010000   the process, in pages of its own (U=1): code, read-only data, data, heap ...
//   0x0000003fffffefff   ... and its stack, downwards from here
//   0xffffffc000000000   the kernel (U=0, G=1), the same in every address space: physical address p, be it RAM,
//                        UART or PLIC, stands at 0xffffffc000000000 + p
#pragma once

#define PAGE_SIZE 4096
#define KERNEL_OFFSET 0xffffffc000000000  // Sv39: the start of the upper half

#define PROCESS_BASE 0x10000
#define PROCESS_STACK_TOP 0x3ffffff000  // a page below the end of Sv39's lower half
#define PROCESS_STACK_SIZE 0x10000

#define KERNEL_STACK_SIZE PAGE_SIZE
#define TRAP_FRAME_SIZE 272  // 31 registers, sstatus, s0 once more, sepc: see trap.h
