// The way into the kernel and out of it. The hart has only put the cause into CSRs, the old pc into sepc,
// the old mode into sstatus.SPP, and jumped here with interrupts off: all 31 registers still belong to the
// interrupted code.
//
// sscratch tells where we come from: while a process runs it holds the top of that process's kernel stack,
// while the kernel runs it is 0.

#include "csr.h"
#include "layout.h"

// Offsets into struct trap_frame (trap.h): register number n is the n-th word, counted from 1.
#define REGISTER(number) ((number) - 1) * 8
#define SSTATUS 248
#define S0_AGAIN 256
#define SEPC 264

        .cfi_sections .debug_frame

        .text
        .balign 4                               // stvec's lowest two bits are its mode
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        .cfi_startproc
        .cfi_signal_frame                       // sepc is the very instruction, not the one after a call
        .cfi_return_column 64                   // DWARF's "alternate frame return column": sepc
        csrrw   sp, sscratch, sp
        bnez    sp, make_frame                  // from a process: sp is now its kernel stack
        csrrw   sp, sscratch, sp                // from the kernel: its stack is good as it is

make_frame:
        addi    sp, sp, -TRAP_FRAME_SIZE
        .cfi_def_cfa sp, TRAP_FRAME_SIZE
        .irp number, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\number, REGISTER(\number)(sp)
        .cfi_rel_offset \number, REGISTER(\number)
        .endr

        csrrw   t0, sscratch, zero              // the process's sp, or 0; from here on we are in the kernel
        bnez    t0, save_stack_pointer
        addi    t0, sp, TRAP_FRAME_SIZE         // the kernel's sp before the trap
save_stack_pointer:
        sd      t0, REGISTER(2)(sp)
        .cfi_rel_offset sp, REGISTER(2)
        csrr    t1, sstatus
        csrr    t2, sepc
        sd      t1, SSTATUS(sp)
        sd      s0, S0_AGAIN(sp)
        sd      t2, SEPC(sp)
        .cfi_rel_offset 64, SEPC
        addi    fp, sp, TRAP_FRAME_SIZE         // the frame is a link in the chain of frame pointers

        mv      a0, sp
        call    trap

        .globl  trap_return
        .type   trap_return, @function
trap_return:
        ld      t1, SSTATUS(sp)
        ld      t2, SEPC(sp)
        csrw    sstatus, t1
        csrw    sepc, t2
        andi    t1, t1, SSTATUS_SPP
        bnez    t1, restore_registers           // back into the kernel: sscratch stays 0
        addi    t0, sp, TRAP_FRAME_SIZE
        csrw    sscratch, t0                    // back to a process: the next trap finds this stack

restore_registers:
        .irp number, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\number, REGISTER(\number)(sp)
        .cfi_restore \number
        .endr
        ld      sp, REGISTER(2)(sp)
        .cfi_restore sp
        .cfi_def_cfa sp, 0
        sret
        .cfi_endproc
        .size   trap_entry, . - trap_entry
