// A switch between kernel stacks is a function call that returns on another stack.

        .cfi_sections .debug_frame

        .text
        .globl  context_switch
        .type   context_switch, @function
context_switch:
        .cfi_startproc
        sd      ra, 0(a0)
        sd      sp, 8(a0)
        .irp number, 0,1,2,3,4,5,6,7,8,9,10,11
        sd      s\number, 16 + 8 * \number(a0)
        .endr

        ld      ra, 0(a1)
        ld      sp, 8(a1)
        .irp number, 0,1,2,3,4,5,6,7,8,9,10,11
        ld      s\number, 16 + 8 * \number(a1)
        .endr
        ret
        .cfi_endproc
        .size   context_switch, . - context_switch
