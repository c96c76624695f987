/* Every kind of token that the grammar knows:
   this comment has two lines. */
#include "layout.h"
#include <sbi.h>
#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)   // a constant
#define SAVE(reg, slot) \
        sd reg, (slot * 8)(sp)
#if defined(DEBUG) && PAGE_SHIFT == 12
# plain comment, no directive
#endif

        .section .text.boot, "ax", @progbits
        .globl  _start
        .type   _start, @function
        .option push
        .option norelax
        .equ    greeting_length, . - greeting - 1
limit = 0x100 + 'a'
_start: la      gp, __global_pointer$
        .option pop
        csrr    t0, mhartid             # which hart
        csrrw   sp, mscratch, sp
        csrwi   hgatp, 0
        csrs    0x600, t1; csrc sie, t2
        bnez    t0, 2f
1:      addi    x10, x10, -0b101
        li      a7, 0x4442434E
        lui     a0, %hi(greeting)
        addi    a0, a0, %lo(greeting)
        auipc   a1, %pcrel_hi(time)
        amoadd.w.aqrl zero, t1, (s11)
        c.addi  sp, -16
        mul     s2, s3, s4
        hlv.wu  a0, (a1)
        hfence.gvma x0, x0
        sfence.vma
        fence.i
        fence   rw, w
        fadd.d  fa0, ft11, f31
        vsetvli t0, a0, e32, m1, ta, ma
        sh1add  a0, a1, a2
        SAVE(ra, 0)
        j       1b
2:      wfi; mret
time:   .string "Hello\n\"world\" \x41\033[0m"
        .dword  time, 2b, 0777, 1.5e3
        .macro  push_all from:req, to=31
        sd      x\from, 8*\from(sp) /* one */ ; ret
        .endm
        push_all 1
        .cfi_endproc
