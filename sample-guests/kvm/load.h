// Puts files into the guest's memory.
#pragma once
#include "guest.h"

struct file_range {
  uint64_t start;
  uint64_t end;
};

// Loads a kernel: an ELF file, a Linux Image, or a flat image for where SBI firmware starts one. Answers its entry;
// `loaded` becomes the memory that it takes. Fails where it does not fit.
uint64_t load_kernel(struct guest *guest, const char *path, struct file_range *loaded);
// Loads a file as it is, at a guest-physical address; answers its end.
uint64_t load_file(struct guest *guest, const char *path, uint64_t address);
