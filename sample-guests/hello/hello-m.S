// hello-m: the same greeting with nothing below. This runs in M mode as the machine's first and only
// program, so it must know the devices: their addresses and registers, on QEMU's `virt` machine.

#define UART                      0x10000000
#define UART_THR                  0             // transmitter holding register
#define UART_LSR                  5             // line status register
#define UART_LSR_THRE             (1 << 5)      // ... transmitter holding register is empty
#define TEST_FINISHER             0x00100000
#define FINISHER_PASS             0x5555        // ends the run with exit code 0

        .cfi_sections .debug_frame  // for debuggers only: nothing to load

        .section .rodata
greeting:
        .string "Hello from M mode: I wrote every character to the UART myself.\n"

        .section .text
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        .cfi_undefined ra           // nobody called us: a stack trace ends here
        csrr    t0, mhartid
        bnez    t0, sleep           // one hart is enough to say hello
        li      s0, UART
        la      s1, greeting
next_character:
        lbu     a0, 0(s1)
        beqz    a0, finish
wait_until_empty:
        lbu     t0, UART_LSR(s0)
        andi    t0, t0, UART_LSR_THRE
        beqz    t0, wait_until_empty
        sb      a0, UART_THR(s0)
        addi    s1, s1, 1
        j       next_character

finish:
        li      t0, TEST_FINISHER
        li      t1, FINISHER_PASS
        sw      t1, 0(t0)
sleep:  wfi
        j       sleep
        .cfi_endproc
        .size   _start, . - _start
