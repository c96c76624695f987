// One load that is allowed to fault: when it does, trap.c makes it go on at probe_load_failed.

        .cfi_sections .debug_frame

        .text
        .globl  probe_load
        .type   probe_load, @function
probe_load:
        .cfi_startproc
        .globl  probe_load_access
probe_load_access:
        ld      t0, 0(a0)
        sd      t0, 0(a1)
        li      a0, 1
        ret
        .globl  probe_load_failed
probe_load_failed:
        li      a0, 0
        ret
        .cfi_endproc
        .size   probe_load, . - probe_load
