// Describes the guest's machine to it.
#pragma once
#include "guest.h"
#include "load.h"

#define DEVICE_TREE_SIZE 0x2000

// Writes the tree to a guest-physical address; an empty `initrd` is none.
void device_tree_write(struct guest *guest, uint64_t address, const char *arguments, struct file_range initrd);
