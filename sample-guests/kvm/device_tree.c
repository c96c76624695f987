#include "device_tree.h"

#include "../kernel/common/string.h"
#include "fdt.h"

#define HART_CONTROLLER 1
#define PLIC 2
#define SUPERVISOR_EXTERNAL 9
#define UART_CLOCK 3686400

static void write_chosen(struct fdt_writer *tree, const char *arguments, struct file_range initrd);
static void write_cpus(struct fdt_writer *tree, struct guest *guest);
static void write_devices(struct fdt_writer *tree);
static void describe_isa(struct guest *guest, char text[]);

void device_tree_write(struct guest *guest, uint64_t address, const char *arguments, struct file_range initrd) {
  struct fdt_writer tree;
  fdt_begin(&tree, guest_memory(guest, address, DEVICE_TREE_SIZE));
  fdt_begin_node(&tree, "");
  fdt_cell(&tree, "#address-cells", 2);
  fdt_cell(&tree, "#size-cells", 2);
  fdt_text(&tree, "compatible", "linux,dummy-virt");
  fdt_text(&tree, "model", "kvm-run");
  write_chosen(&tree, arguments, initrd);
  fdt_begin_node(&tree, "memory@80000000");
  fdt_text(&tree, "device_type", "memory");
  fdt_range(&tree, "reg", RAM_BASE, guest->ram_size);
  fdt_end_node(&tree);
  write_cpus(&tree, guest);
  write_devices(&tree);
  fdt_end_node(&tree);
  fdt_end(&tree);
}

static void write_chosen(struct fdt_writer *tree, const char *arguments, struct file_range initrd) {
  fdt_begin_node(tree, "chosen");
  fdt_text(tree, "bootargs", arguments);
  fdt_text(tree, "stdout-path", "/soc/serial@10000000");
  if (initrd.end > initrd.start) {
    fdt_cells(tree, "linux,initrd-start", 2, (const uint32_t[]){initrd.start >> 32, initrd.start});
    fdt_cells(tree, "linux,initrd-end", 2, (const uint32_t[]){initrd.end >> 32, initrd.end});
  }
  fdt_end_node(tree);
}

static void write_cpus(struct fdt_writer *tree, struct guest *guest) {
  char isa[128];
  describe_isa(guest, isa);
  fdt_begin_node(tree, "cpus");
  fdt_cell(tree, "#address-cells", 1);
  fdt_cell(tree, "#size-cells", 0);
  fdt_cell(tree, "timebase-frequency", guest_get_register(guest, KVM_REG_TIMER_FREQUENCY));
  fdt_begin_node(tree, "cpu@0");
  fdt_text(tree, "device_type", "cpu");
  fdt_text(tree, "compatible", "riscv");
  fdt_text(tree, "riscv,isa", isa);
  fdt_text(tree, "mmu-type", "riscv,sv39");
  fdt_text(tree, "status", "okay");
  fdt_cell(tree, "reg", 0);
  fdt_begin_node(tree, "interrupt-controller");
  fdt_text(tree, "compatible", "riscv,cpu-intc");
  fdt_cell(tree, "#interrupt-cells", 1);
  fdt_flag(tree, "interrupt-controller");
  fdt_cell(tree, "phandle", HART_CONTROLLER);
  fdt_end_node(tree);
  fdt_end_node(tree);
  fdt_end_node(tree);
}

static void write_devices(struct fdt_writer *tree) {
  fdt_begin_node(tree, "soc");
  fdt_cell(tree, "#address-cells", 2);
  fdt_cell(tree, "#size-cells", 2);
  fdt_text(tree, "compatible", "simple-bus");
  fdt_flag(tree, "ranges");

  fdt_begin_node(tree, "plic@c000000");
  fdt_text(tree, "compatible", "sifive,plic-1.0.0");
  fdt_range(tree, "reg", PLIC_BASE, PLIC_SIZE);
  fdt_cell(tree, "#address-cells", 0);
  fdt_cell(tree, "#interrupt-cells", 1);
  fdt_flag(tree, "interrupt-controller");
  fdt_cells(tree, "interrupts-extended", 2, (const uint32_t[]){HART_CONTROLLER, SUPERVISOR_EXTERNAL});
  fdt_cell(tree, "riscv,ndev", 31);
  fdt_cell(tree, "phandle", PLIC);
  fdt_end_node(tree);

  fdt_begin_node(tree, "serial@10000000");
  fdt_text(tree, "compatible", "ns16550a");
  fdt_range(tree, "reg", UART_BASE, UART_SIZE);
  fdt_cell(tree, "clock-frequency", UART_CLOCK);
  fdt_cell(tree, "interrupt-parent", PLIC);
  fdt_cell(tree, "interrupts", UART_INTERRUPT);
  fdt_end_node(tree);

  fdt_end_node(tree);
}

// What KVM gives the vCPU: `rv64imafdc_sstc`, in the order that the specification wants.
static void describe_isa(struct guest *guest, char text[]) {
  static const struct {
    enum kvm_isa_extension number;
    const char *name;
  } longer[] = {{KVM_ISA_SSTC, "_sstc"}, {KVM_ISA_SVINVAL, "_svinval"}, {KVM_ISA_SVPBMT, "_svpbmt"}};
  const uint64_t letters = guest_get_register(guest, KVM_REG_CONFIG_ISA);
  copy_text(text, "rv64", 5);
  char *end = text + 4;
  for (const char *letter = "imafdc"; *letter; letter++) {
    if (letters >> (*letter - 'a') & 1) *end++ = *letter;
  }
  *end = 0;
  for (unsigned i = 0; i < countof(longer); i++) {
    uint64_t enabled;
    if (!guest_try_get_register(guest, KVM_REG_ISA_EXTENSION(longer[i].number), &enabled) || !enabled) continue;
    copy_text(end, longer[i].name, 16);
    end += strlen(end);
  }
}
