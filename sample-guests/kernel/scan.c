#include "scan.h"

#include "common/string.h"
#include "console.h"
#include "layout.h"
#include "machine.h"
#include "paging.h"
#include "probe.h"

#define GIBIBYTE (1ul << 30)
#define REACH (8 * GIBIBYTE)
#define STEP 0x10000                 // outside of RAM one look per 64 KiB
#define WINDOW 0xffffffe000000000ul  // where the kernel's space has room for all of it

static struct {
  const char *secret;  // in ROT13
  uint64_t pages_read;
  uint64_t refused;  // looks that faulted
  uint64_t found;
  uint64_t found_at;  // the first place
} scan;

static void scan_pages(uint64_t start, uint64_t end);
static void scan_page(const uint64_t *page);
static bool secret_at(const uint8_t *place);
static bool read_byte(const uint8_t *address, char *byte);
static bool in_ram(uint64_t address);
static bool is_device(uint64_t address);

static const uint64_t *window(uint64_t physical) {
  return (const uint64_t *)(WINDOW + physical);
}

void scan_for(const char *secret_in_rot13) {
  scan.secret = secret_in_rot13;
  paging_map_gigabytes(WINDOW, 0, REACH / GIBIBYTE);

  scan_pages(machine.ram.start, machine.ram.start + machine.ram.size);
  print("scan: %ld pages of RAM read, %ld refused\n", scan.pages_read, scan.refused);
  scan.pages_read = scan.refused = 0;

  uint64_t devices = 0, empty = 0;
  for (uint64_t address = 0; address < REACH; address += STEP) {
    uint64_t value;
    if (in_ram(address)) continue;
    if (is_device(address)) devices++;  // reading it could change it
    else if (!probe_load(window(address), &value)) scan.refused++;
    else if (value == ~0ul) empty++;  // a bus with nobody on it reads as ones
    else scan_pages(address, address + STEP);
  }
  print("scan: elsewhere below 8 GiB %ld pages read; of 64 KiB steps %ld refused, %ld empty, %ld devices\n",
        scan.pages_read, scan.refused, empty, devices);

  if (scan.found == 0) print("scan: secret not found\n");
  else print("scan: secret FOUND, %ld times, first at physical %p\n", scan.found, (void *)scan.found_at);
}

static void scan_pages(uint64_t start, uint64_t end) {
  for (uint64_t page = start; page < end; page += PAGE_SIZE) {
    uint64_t value;
    if (!probe_load(window(page), &value)) {
      scan.refused++;
      continue;
    }
    scan.pages_read++;
    scan_page(window(page));
  }
}

static void scan_page(const uint64_t *page) {
  for (const uint64_t *word = page; word < page + PAGE_SIZE / sizeof *page; word++) {
    if (*word == 0) continue;  // most of memory, and quickly passed
    for (unsigned i = 0; i < sizeof *word; i++) {
      const uint8_t *place = (const uint8_t *)word + i;
      if (!secret_at(place)) continue;
      if (scan.found++ == 0) scan.found_at = (uint64_t)place - WINDOW;
    }
  }
}

static bool secret_at(const uint8_t *place) {
  for (const char *letter = scan.secret; *letter; letter++, place++) {
    char byte;
    if (!read_byte(place, &byte) || byte != rot13(*letter)) return false;
  }
  return true;
}

// A secret may reach into a page that does not answer.
static bool read_byte(const uint8_t *address, char *byte) {
  uint64_t word;
  if (!probe_load((const uint64_t *)((uint64_t)address & -8ul), &word)) return false;
  *byte = word >> (uint64_t)address % 8 * 8;
  return true;
}

static bool in_ram(uint64_t address) {
  return address - machine.ram.start < machine.ram.size;
}

static bool is_device(uint64_t address) {
  for (unsigned i = 0; i < machine.device_count; i++) {
    const struct physical_range *device = &machine.devices[i];
    if (device->start < address + STEP && address < device->start + device->size) return true;
  }
  return false;
}
