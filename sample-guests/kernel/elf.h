// Loads programs: ELF files, 64-bit, little-endian, linked for a fixed address.
#pragma once
#include "paging.h"

struct program {
  const uint8_t *image;
  uint64_t size;
  // Filled by elf_load.
  uint64_t entry;
  uint64_t end;  // of the highest segment, rounded up to a page
};

// Copies the program's segments into pages of their own, mapped as the segments ask. False: the file is not
// one of ours, or memory is out; the caller then destroys the space.
bool elf_load(struct program *program, pte_t *root);
