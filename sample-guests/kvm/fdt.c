#include "fdt.h"

#include "../kernel/common/string.h"

enum token { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_END = 9 };

#define MAGIC 0xd00dfeed
#define VERSION 17
#define COMPATIBLE_VERSION 16
#define HEADER_SIZE 40
#define RESERVATIONS_SIZE 16  // the empty list: its end
#define STRUCTURE_OFFSET (HEADER_SIZE + RESERVATIONS_SIZE)

static void put_cell(struct fdt_writer *writer, uint32_t cell);
static void put_bytes(struct fdt_writer *writer, const void *bytes, uint32_t size);
static void property(struct fdt_writer *writer, const char *name, uint32_t size);
static uint32_t string_offset(struct fdt_writer *writer, const char *name);
static void store_big_endian(uint8_t *to, uint32_t cell);

void fdt_begin(struct fdt_writer *writer, void *blob) {
  memset(blob, 0, STRUCTURE_OFFSET);
  *writer = (struct fdt_writer){.blob = blob};
}

void fdt_begin_node(struct fdt_writer *writer, const char *name) {
  put_cell(writer, FDT_BEGIN_NODE);
  put_bytes(writer, name, strlen(name) + 1);
}

void fdt_end_node(struct fdt_writer *writer) {
  put_cell(writer, FDT_END_NODE);
}

void fdt_text(struct fdt_writer *writer, const char *name, const char *text) {
  property(writer, name, strlen(text) + 1);
  put_bytes(writer, text, strlen(text) + 1);
}

void fdt_flag(struct fdt_writer *writer, const char *name) {
  property(writer, name, 0);
}

void fdt_cells(struct fdt_writer *writer, const char *name, unsigned count, const uint32_t *cells) {
  property(writer, name, 4 * count);
  for (unsigned i = 0; i < count; i++) put_cell(writer, cells[i]);
}

void fdt_cell(struct fdt_writer *writer, const char *name, uint32_t cell) {
  fdt_cells(writer, name, 1, &cell);
}

void fdt_range(struct fdt_writer *writer, const char *name, uint64_t address, uint64_t size) {
  fdt_cells(writer, name, 4, (const uint32_t[]){address >> 32, address, size >> 32, size});
}

uint32_t fdt_end(struct fdt_writer *writer) {
  put_cell(writer, FDT_END);
  const uint32_t strings_offset = STRUCTURE_OFFSET + writer->size;
  memcpy(writer->blob + strings_offset, writer->strings, writer->strings_size);
  const uint32_t total = strings_offset + writer->strings_size;
  const uint32_t header[HEADER_SIZE / 4] = {
      MAGIC,   total, STRUCTURE_OFFSET, strings_offset, HEADER_SIZE /* of the reservations */, VERSION, COMPATIBLE_VERSION,
      0 /* the boot hart */, writer->strings_size, writer->size,
  };
  for (unsigned i = 0; i < countof(header); i++) store_big_endian(writer->blob + 4 * i, header[i]);
  return total;
}

static void property(struct fdt_writer *writer, const char *name, uint32_t size) {
  put_cell(writer, FDT_PROP);
  put_cell(writer, size);
  put_cell(writer, string_offset(writer, name));
}

// Names stand once, however often they are used.
static uint32_t string_offset(struct fdt_writer *writer, const char *name) {
  uint32_t at = 0;
  while (at < writer->strings_size) {
    if (strcmp(writer->strings + at, name) == 0) return at;
    at += strlen(writer->strings + at) + 1;
  }
  copy_text(writer->strings + at, name, FDT_STRINGS_SIZE - at);
  writer->strings_size = at + strlen(name) + 1;
  return at;
}

static void put_cell(struct fdt_writer *writer, uint32_t cell) {
  store_big_endian(writer->blob + STRUCTURE_OFFSET + writer->size, cell);
  writer->size += 4;
}

// Filled up with zeros to whole cells.
static void put_bytes(struct fdt_writer *writer, const void *bytes, uint32_t size) {
  uint8_t *to = writer->blob + STRUCTURE_OFFSET + writer->size;
  const uint32_t rounded = (size + 3) & -4u;
  memset(to, 0, rounded);
  memcpy(to, bytes, size);
  writer->size += rounded;
}

static void store_big_endian(uint8_t *to, uint32_t cell) {
  for (unsigned i = 0; i < 4; i++) to[i] = cell >> (24 - 8 * i);
}
