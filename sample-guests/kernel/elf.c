#include "elf.h"

#include "common/string.h"
#include "layout.h"
#include "memory.h"

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

#define EM_RISCV 243
#define PT_LOAD 1
#define PF_X 1
#define PF_W 2
#define PF_R 4

static bool load_segment(const struct program *program, const struct program_header *segment, pte_t *root);
static bool segment_fits(const struct program *program, const struct program_header *segment);
static uint64_t permissions(uint32_t p_flags);

bool elf_load(struct program *program, pte_t *root) {
  const struct file_header *header = (const void *)program->image;
  if (program->size < sizeof *header || memcmp(header->e_ident, "\177ELF\2\1", 6) != 0) return false;
  if (header->e_machine != EM_RISCV || header->e_phentsize != sizeof(struct program_header)) return false;
  if (header->e_phoff + header->e_phnum * sizeof(struct program_header) > program->size) return false;

  program->entry = header->e_entry;
  program->end = PROCESS_BASE;
  const struct program_header *segment = (const void *)(program->image + header->e_phoff);
  for (unsigned i = 0; i < header->e_phnum; i++, segment++) {
    if (segment->p_type != PT_LOAD || segment->p_memsz == 0) continue;
    if (!segment_fits(program, segment) || !load_segment(program, segment, root)) return false;
    uint64_t end = (segment->p_vaddr + segment->p_memsz + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
    if (end > program->end) program->end = end;
  }
  return true;
}

static bool segment_fits(const struct program *program, const struct program_header *segment) {
  const uint64_t limit = PROCESS_STACK_TOP / 2;
  return segment->p_offset <= program->size && segment->p_filesz <= program->size - segment->p_offset &&
         segment->p_filesz <= segment->p_memsz && segment->p_vaddr % PAGE_SIZE == 0 &&
         segment->p_vaddr >= PROCESS_BASE && segment->p_vaddr < limit && segment->p_memsz < limit;
}

static bool load_segment(const struct program *program, const struct program_header *segment, pte_t *root) {
  for (uint64_t offset = 0; offset < segment->p_memsz; offset += PAGE_SIZE) {
    uint8_t *page = page_allocate();
    if (!page) return false;
    if (!space_map(root, segment->p_vaddr + offset, page, permissions(segment->p_flags))) {
      page_free(page);
      return false;
    }
    if (offset >= segment->p_filesz) continue;  // .bss: the page's zeros are what it wants
    uint64_t rest = segment->p_filesz - offset;
    memcpy(page, program->image + segment->p_offset + offset, rest < PAGE_SIZE ? rest : PAGE_SIZE);
  }
  asm volatile("fence.i" ::: "memory");  // the hart must fetch what was just stored
  return true;
}

static uint64_t permissions(uint32_t p_flags) {
  uint64_t flags = 0;
  if (p_flags & PF_R) flags |= PTE_READ;
  if (p_flags & PF_W) flags |= PTE_WRITE;
  if (p_flags & PF_X) flags |= PTE_EXECUTE;
  return flags;
}
