// hello: the smallest guest kernel. It runs in S mode and owns nothing: every wish goes to the layer below
// as an SBI call (the firmware on the bare machine, the VMM when this runs as a guest).
//
// On entry a0 holds the hart's number and a1 the address of the device tree; this guest needs neither.

#define SBI_BASE                  0x10          // function 3 asks whether an extension is there
#define SBI_BASE_PROBE_EXTENSION  3
#define SBI_DEBUG_CONSOLE         0x4442434E    // "DBCN"; function 0 writes a buffer
#define SBI_LEGACY_PUTCHAR        1             // older firmware: one character a call
#define SBI_SYSTEM_RESET          0x53525354    // "SRST"; function 0, type 0 is shutdown

        .cfi_sections .debug_frame          // for debuggers only: nothing to load

        .section .rodata
greeting:
        .ascii  "Hello from S mode: the layer below printed this for me.\n"
greeting_end:
        .byte   0                           // ends the text for `write_characters`
        .equ    greeting_length, greeting_end - greeting

        .section .text
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined ra                   // nobody called us: a stack trace ends here
        li      a0, SBI_DEBUG_CONSOLE
        li      a6, SBI_BASE_PROBE_EXTENSION
        li      a7, SBI_BASE
        ecall                               // a0 = error, a1 = 0 when the extension is missing
        beqz    a1, write_characters

write_buffer:
        li      a0, greeting_length
        la      a1, greeting                // a physical address: translation is still off
        li      a2, 0                       // its upper half, for 32-bit harts
        li      a6, 0
        li      a7, SBI_DEBUG_CONSOLE
        ecall
        j       shut_down

write_characters:
        la      s0, greeting
next_character:
        lbu     a0, 0(s0)
        beqz    a0, shut_down
        li      a7, SBI_LEGACY_PUTCHAR
        ecall
        addi    s0, s0, 1
        j       next_character

shut_down:
        li      a0, 0                       // type: shutdown
        li      a1, 0                       // reason: none
        li      a6, 0
        li      a7, SBI_SYSTEM_RESET
        ecall
sleep:  wfi                                 // only if nobody answered
        j       sleep
        .cfi_endproc
        .size   _start, . - _start
