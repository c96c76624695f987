#include "load.h"

#include "../kernel/common/string.h"
#include "linux.h"

// The names of the ELF specification (System V ABI, chapters 4 and 5).
struct file_header {
  uint8_t e_ident[16];
  uint16_t e_type;
  uint16_t e_machine;
  uint32_t e_version;
  uint64_t e_entry;
  uint64_t e_phoff;
  uint64_t e_shoff;
  uint32_t e_flags;
  uint16_t e_ehsize;
  uint16_t e_phentsize;
  uint16_t e_phnum;
};

struct program_header {
  uint32_t p_type;
  uint32_t p_flags;
  uint64_t p_offset;
  uint64_t p_vaddr;
  uint64_t p_paddr;
  uint64_t p_filesz;
  uint64_t p_memsz;
  uint64_t p_align;
};

#define PT_LOAD 1

// The head of a Linux Image (Linux, Documentation/arch/riscv/boot-image-header.rst).
struct linux_header {
  uint32_t code[2];
  uint64_t text_offset;
  uint64_t image_size;
  uint64_t flags;
  uint32_t version;
  uint32_t reserved[3];
  uint64_t magic;
};

#define LINUX_MAGIC 0x5643534952ul  // "RISCV"
#define USUAL_OFFSET 0x200000

static uint64_t load_elf(struct guest *guest, const char *path, struct file_range *loaded);
static int open_or_fail(const char *path);
static void read_at(int file, const char *path, uint64_t offset, void *to, uint64_t size);

uint64_t load_kernel(struct guest *guest, const char *path, struct file_range *loaded) {
  uint8_t start[64] = {0};
  read(open_or_fail(path), start, sizeof start);
  if (memcmp(start, "\177ELF\2\1", 6) == 0) return load_elf(guest, path, loaded);
  const struct linux_header *header = (const void *)start;
  const bool is_linux = header->magic == LINUX_MAGIC;
  loaded->start = RAM_BASE + (is_linux ? header->text_offset : USUAL_OFFSET);
  loaded->end = load_file(guest, path, loaded->start);
  // A Linux Image needs more than the file has: its zeroed data.
  if (is_linux && loaded->start + header->image_size > loaded->end)
    loaded->end = loaded->start + header->image_size;
  return loaded->start;
}

uint64_t load_file(struct guest *guest, const char *path, uint64_t address) {
  int file = open_or_fail(path);
  const long size = seek(file, 0, SEEK_END);
  void *to = guest_memory(guest, address, size);
  if (size < 0 || !to) fail("kvm-run: the guest's memory is too small for %s", path);
  read_at(file, path, 0, to, size);
  return address + size;
}

static uint64_t load_elf(struct guest *guest, const char *path, struct file_range *loaded) {
  int file = open_or_fail(path);
  struct file_header header;
  read_at(file, path, 0, &header, sizeof header);
  *loaded = (struct file_range){-1ul, 0};
  for (unsigned i = 0; i < header.e_phnum; i++) {
    struct program_header segment;
    read_at(file, path, header.e_phoff + i * header.e_phentsize, &segment, sizeof segment);
    if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
    void *to = guest_memory(guest, segment.p_paddr, segment.p_memsz);
    if (!to || segment.p_filesz > segment.p_memsz)
      fail("kvm-run: %s does not fit into the guest's memory", path);
    read_at(file, path, segment.p_offset, to, segment.p_filesz);
    if (segment.p_paddr < loaded->start) loaded->start = segment.p_paddr;
    if (segment.p_paddr + segment.p_memsz > loaded->end) loaded->end = segment.p_paddr + segment.p_memsz;
    // The entry is a virtual address; translation is still off.
    if (header.e_entry - segment.p_vaddr < segment.p_memsz)
      header.e_entry += segment.p_paddr - segment.p_vaddr;
  }
  if (loaded->end == 0) fail("kvm-run: %s has nothing to load", path);
  return header.e_entry;
}

static int open_or_fail(const char *path) {
  const long file = open_file(path, 0);
  if (file < 0) fail("kvm-run: cannot open %s: error %ld", path, -file);
  return file;
}

static void read_at(int file, const char *path, uint64_t offset, void *to, uint64_t size) {
  seek(file, offset, SEEK_SET);
  for (uint64_t done = 0; done < size;) {
    const long part = read(file, (uint8_t *)to + done, size - done);
    if (part <= 0) fail("kvm-run: cannot read %s", path);
    done += part;
  }
}
