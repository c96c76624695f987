// The first instructions. SBI firmware, or a VMM in its place, jumps here in S mode with translation off:
// a0 holds the hart's number, a1 the physical address of the device tree. The kernel is linked for the upper
// half of the virtual addresses, so the first act is to turn translation on and to jump up there.

#include "csr.h"
#include "layout.h"

        .cfi_sections .debug_frame

// This part is linked at its physical address: the only code that runs untranslated.
        .section .boot, "ax"
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined ra                       // nobody called us: a stack trace ends here
        la      t0, boot_root
        srli    t0, t0, 12                      // satp holds the root's page number
        li      t1, SATP_MODE_SV39
        or      t0, t0, t1
        sfence.vma                              // whoever ran before may have left translations
        csrw    satp, t0                        // from here on every address is translated
        ld      t0, upper_half_address
        jr      t0
        .cfi_endproc
        .size   _start, . - _start

        .balign 8
upper_half_address:
        .dword  upper_half

// The page table to start with: one level, each entry a leaf for 1 GiB. The lower half maps this code where
// it stands (or the instruction after `csrw satp` would fault), the upper half everything below 4 GiB.
#define LEAF(gigabyte) (((gigabyte) << 28) | 0xcf)              // page number << 10; D A - - X W R V
        .section .boot.root, "a"
        .balign PAGE_SIZE
boot_root:
        .dword  0, 0, LEAF(2)
        .zero   (256 - 3) * 8
        .dword  LEAF(0), LEAF(1), LEAF(2), LEAF(3)
        .zero   (256 - 4) * 8

        .text
        .globl  upper_half
        .type   upper_half, @function
upper_half:
        .cfi_startproc
        .cfi_undefined ra
        la      t0, bss_start
        la      t1, bss_end
clear_next:
        sd      zero, 0(t0)
        addi    t0, t0, 8
        bltu    t0, t1, clear_next

        la      sp, boot_stack_top
        li      fp, 0                           // the chain of frame pointers ends here
        call    kernel_main                     // a0 and a1 as they came; never returns
        .cfi_endproc
        .size   upper_half, . - upper_half

        .bss
        .balign 16
        .globl  boot_stack
boot_stack:
        .zero   2 * PAGE_SIZE                   // later the stack of the idle loop
boot_stack_top:
