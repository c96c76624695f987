// The programs: an archive of ELF files, linked into the kernel's image (archive.S).
#pragma once
#include "common/types.h"

// Finds a program by its name.
bool archive_find(const char *name, const uint8_t **image, uint64_t *size);
// The name of the n-th program, or NULL.
const char *archive_name(uint64_t index);
