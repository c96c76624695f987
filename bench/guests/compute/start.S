// compute: a program in S mode under Sv39 that does one of the work loads a number of times, prints what came of
// it, and shuts down. It runs on Strata and on QEMU, on the bare machine and as a guest, unchanged.
//
// Which work load, how many times, and whether to do without translation, lies in three doublewords at PARAMETERS,
// which is no part of the image: whoever starts it puts them there.

#define PARAMETERS          0x81000000
#define SATP_SV39           (8 << 60)
#define SSTATUS_FS          (3 << 13)       // floating point, Dirty from the beginning
#define PTE_LEAF            0xcf            // valid, readable, writable, executable, accessed, dirty
#define PTE_TABLE           0x01
#define SBI_CONSOLE_PUTCHAR 1
#define SBI_SYSTEM_RESET    0x53525354

        .section .text.start, "ax"
        .globl  _start
_start:
        la      sp, stack_end
        la      t0, megapages               // the root's entry for 0x80000000 leads to the table of megapages
        srli    t0, t0, 12
        slli    t0, t0, 10
        addi    t0, t0, PTE_TABLE
        la      t1, root
        sd      t0, 2 * 8(t1)
        srli    t1, t1, 12
        li      t0, SATP_SV39
        or      t0, t0, t1
        li      s0, PARAMETERS
        ld      t1, 16(s0)
        bnez    t1, 4f
        csrw    satp, t0
        sfence.vma
4:      li      t0, SSTATUS_FS
        csrs    sstatus, t0
        ld      a0, 0(s0)
        ld      a1, 8(s0)
        call    compute

        mv      s0, a0                      // 16 hexadecimal digits
        li      s1, 60
1:      srl     a0, s0, s1
        andi    a0, a0, 15
        li      t0, 10
        blt     a0, t0, 2f
        addi    a0, a0, 'a' - '0' - 10
2:      addi    a0, a0, '0'
        li      a7, SBI_CONSOLE_PUTCHAR
        ecall
        addi    s1, s1, -4
        bgez    s1, 1b
        li      a0, '\n'
        ecall

        li      a0, 0                       // shutdown, for no reason
        li      a1, 0
        li      a6, 0
        li      a7, SBI_SYSTEM_RESET
        ecall
3:      j       3b

        .section .data
        .balign 4096
root:   .zero   4096
megapages:                                  // 64 MiB from 0x80000000, each page where it is
        .set    page, 0x80000000
        .rept   32
        .quad   (page >> 2) | PTE_LEAF
        .set    page, page + 0x200000
        .endr
        .zero   4096 - 32 * 8

        .section .bss
        .balign 16
        .zero   0x4000
stack_end:
