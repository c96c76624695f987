#include "archive.h"

#include "common/string.h"

// The archive starts with how many entries follow; offsets count from its start.
struct entry {
  char name[16];
  uint64_t offset;
  uint64_t size;
};

extern const struct {
  uint64_t count;
  struct entry entries[];
} archive;

bool archive_find(const char *name, const uint8_t **image, uint64_t *size) {
  for (uint64_t i = 0; i < archive.count; i++) {
    const struct entry *entry = &archive.entries[i];
    if (strcmp(entry->name, name) != 0) continue;
    *image = (const uint8_t *)&archive + entry->offset;
    *size = entry->size;
    return true;
  }
  return false;
}

const char *archive_name(uint64_t index) {
  return index < archive.count ? archive.entries[index].name : NULL;
}
