// Where a program begins. The kernel has put argc into a0 and argv into a1.

        .cfi_sections .debug_frame

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined ra               // nobody called us: a stack trace ends here
        li      fp, 0
        call    main
        call    exit                    // with main's result
        .cfi_endproc
        .size   _start, . - _start
