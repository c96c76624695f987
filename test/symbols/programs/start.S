# Enters main with a stack, and stays in a loop when it returns.
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    la sp, stack_top
    call main
hang:
    wfi
    j hang
    .size _start, . - _start

    .text
    .globl add_in_assembly
    .type add_in_assembly, @function
add_in_assembly:
    .cfi_startproc
    addi sp, sp, -16
    .cfi_def_cfa_offset 16
    sd ra, 8(sp)
    .cfi_offset ra, -8
    add a0, a0, a1
    ld ra, 8(sp)
    .cfi_restore ra
    addi sp, sp, 16
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size add_in_assembly, . - add_in_assembly

    .globl choose
    .type choose, @function
choose:
    .cfi_startproc
    addi sp, sp, -32
    .cfi_def_cfa_offset 32
    sd s0, 16(sp)
    .cfi_offset s0, -16
    .cfi_remember_state
    beqz a0, other
    ld s0, 16(sp)
    .cfi_restore s0
    addi sp, sp, 32
    .cfi_def_cfa_offset 0
    ret
other:
    .cfi_restore_state
    mv s0, a0
    ld s0, 16(sp)
    addi sp, sp, 32
    .cfi_def_cfa_offset 0
    .cfi_restore s0
    ret
    .cfi_endproc
    .size choose, . - choose

    .bss
    .align 4
    .space 4096
stack_top:
