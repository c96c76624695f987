// The archive that the build script makes of all programs (its format: archive.c).

        .section .rodata
        .balign 8
        .globl  archive
archive:
        .incbin "programs.archive"
        .size   archive, . - archive
