#include "fdt.h"

#include "common/string.h"

#define MAGIC 0xd00dfeed

enum token { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };

struct header {
  uint32_t magic;
  uint32_t total_size;
  uint32_t structure_offset;
  uint32_t strings_offset;
};

static bool enter_next(struct fdt_node *node, const uint32_t *token);
static const uint32_t *skip_property(const uint32_t *token);
static uint64_t read_cells(const uint32_t **cell, unsigned count);

bool fdt_root(const void *blob, struct fdt_node *node) {
  const struct header *header = blob;
  if (fdt_cell(&header->magic) != MAGIC) return false;
  *node = (struct fdt_node){.depth = -1, .strings = blob + fdt_cell(&header->strings_offset)};
  return enter_next(node, blob + fdt_cell(&header->structure_offset));
}

bool fdt_next(struct fdt_node *node) {
  return enter_next(node, node->properties);
}

static bool enter_next(struct fdt_node *node, const uint32_t *token) {
  for (;;) {
    switch (fdt_cell(token)) {
      case NOP:
        token++;
        break;
      case PROPERTY:
        token = skip_property(token);
        break;
      case END_NODE:
        node->depth--;
        token++;
        break;
      case BEGIN_NODE:
        node->name = (const char *)(token + 1);
        node->properties = token + 1 + (strlen(node->name) + 1 + 3) / 4;
        if (++node->depth >= FDT_DEPTH_LIMIT) return false;
        node->address_cells[node->depth + 1] = fdt_number(node, "#address-cells", 2);
        node->size_cells[node->depth + 1] = fdt_number(node, "#size-cells", 1);
        return true;
      default:
        return false;
    }
  }
}

static const uint32_t *skip_property(const uint32_t *token) {
  return token + 3 + (fdt_cell(token + 1) + 3) / 4;
}

const void *fdt_property(const struct fdt_node *node, const char *name, uint32_t *length) {
  for (const uint32_t *token = node->properties;; token = skip_property(token)) {
    while (fdt_cell(token) == NOP) token++;
    if (fdt_cell(token) != PROPERTY) break;
    if (strcmp(node->strings + fdt_cell(token + 2), name) == 0) {
      *length = fdt_cell(token + 1);
      return token + 3;
    }
  }
  *length = 0;
  return NULL;
}

uint32_t fdt_number(const struct fdt_node *node, const char *name, uint32_t otherwise) {
  uint32_t length;
  const uint32_t *cell = fdt_property(node, name, &length);
  return cell && length == 4 ? fdt_cell(cell) : otherwise;
}

bool fdt_reg(const struct fdt_node *node, unsigned n, uint64_t *address, uint64_t *size) {
  uint32_t length;
  const uint32_t *cell = fdt_property(node, "reg", &length);
  unsigned address_cells = node->address_cells[node->depth], size_cells = node->size_cells[node->depth];
  if (!cell || (n + 1) * (address_cells + size_cells) * 4 > length) return false;
  cell += n * (address_cells + size_cells);
  *address = read_cells(&cell, address_cells);
  *size = read_cells(&cell, size_cells);
  return true;
}

bool fdt_named(const struct fdt_node *node, const char *name) {
  size_t length = strlen(name);
  return starts_with(node->name, name) && (node->name[length] == 0 || node->name[length] == '@');
}

bool fdt_compatible(const struct fdt_node *node, const char *entry) {
  uint32_t length;
  const char *list = fdt_property(node, "compatible", &length);
  for (const char *end = list + length; list < end; list += strlen(list) + 1) {
    if (strcmp(list, entry) == 0) return true;
  }
  return false;
}

uint32_t fdt_cell(const uint32_t *cell) {
  const uint8_t *byte = (const uint8_t *)cell;
  return (uint32_t)byte[0] << 24 | byte[1] << 16 | byte[2] << 8 | byte[3];
}

static uint64_t read_cells(const uint32_t **cell, unsigned count) {
  uint64_t value = 0;
  for (; count > 0; count--) value = value << 32 | fdt_cell((*cell)++);
  return value;
}
