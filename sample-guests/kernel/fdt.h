// Reads a flattened device tree (Devicetree Specification 0.4, chapter 5), where it lies, node after node.
#pragma once
#include "common/types.h"

#define FDT_DEPTH_LIMIT 8

// A node, and how to get from it to the next.
struct fdt_node {
  const char *name;
  int depth;
  const uint32_t *properties;
  const char *strings;
  // Cells that an address and a size take in `reg`, by depth: a node's parent decides them.
  uint8_t address_cells[FDT_DEPTH_LIMIT + 1];
  uint8_t size_cells[FDT_DEPTH_LIMIT + 1];
};

// Goes to the root; false if there is no device tree at this address.
bool fdt_root(const void *blob, struct fdt_node *node);
// Goes on to the next node, children first; false after the last.
bool fdt_next(struct fdt_node *node);
// A property's value, or NULL; its length in bytes.
const void *fdt_property(const struct fdt_node *node, const char *name, uint32_t *length);
// A property of one 32-bit number, or `otherwise`.
uint32_t fdt_number(const struct fdt_node *node, const char *name, uint32_t otherwise);
// The n-th address and size in `reg`.
bool fdt_reg(const struct fdt_node *node, unsigned n, uint64_t *address, uint64_t *size);
// Whether the node's name, without what follows the @, is this.
bool fdt_named(const struct fdt_node *node, const char *name);
// Whether the list `compatible` has this entry.
bool fdt_compatible(const struct fdt_node *node, const char *entry);
// Device trees are big-endian.
uint32_t fdt_cell(const uint32_t *cell);
