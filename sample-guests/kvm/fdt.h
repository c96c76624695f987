// Writes a flattened device tree (Devicetree Specification 0.4, chapter 5), node after node.
#pragma once
#include "../kernel/common/types.h"

#define FDT_STRINGS_SIZE 512

struct fdt_writer {
  uint8_t *blob;
  uint32_t size;  // of the structure block so far
  char strings[FDT_STRINGS_SIZE];
  uint32_t strings_size;
};

// `blob` has room for the tree.
void fdt_begin(struct fdt_writer *writer, void *blob);
void fdt_begin_node(struct fdt_writer *writer, const char *name);
void fdt_end_node(struct fdt_writer *writer);
void fdt_text(struct fdt_writer *writer, const char *name, const char *text);
void fdt_flag(struct fdt_writer *writer, const char *name);
void fdt_cells(struct fdt_writer *writer, const char *name, unsigned count, const uint32_t *cells);
void fdt_cell(struct fdt_writer *writer, const char *name, uint32_t cell);
// An address and a size, of two cells each.
void fdt_range(struct fdt_writer *writer, const char *name, uint64_t address, uint64_t size);
// Completes the tree; answers its size in bytes.
uint32_t fdt_end(struct fdt_writer *writer);
