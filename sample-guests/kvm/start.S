// Where Linux starts the program: sp points at argc, the arguments after it, and a zero.

        .cfi_sections .debug_frame

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined ra               // nobody called us: a stack trace ends here
        li      fp, 0
        ld      a0, 0(sp)
        addi    a1, sp, 8
        call    main
        call    exit                    // with main's result
        .cfi_endproc
        .size   _start, . - _start
