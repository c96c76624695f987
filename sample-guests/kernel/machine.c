#include "machine.h"

#include "common/string.h"
#include "fdt.h"
#include "layout.h"
#include "panic.h"

struct machine machine;

static void describe_node(const struct fdt_node *node);
static void add_devices(const struct fdt_node *node);
static uint32_t interrupt_controller_of(const void *tree, uint64_t hart);
static void find_plic_context(const void *tree, uint32_t hart_controller);

void machine_describe(uint64_t hart, uint64_t device_tree) {
  const void *tree = (const void *)(device_tree + KERNEL_OFFSET);
  machine.hart = hart;
  machine.timebase_frequency = 10000000;
  struct fdt_node node;
  if (!fdt_root(tree, &node)) panic("a1 holds no device tree: %lx", device_tree);
  do {
    describe_node(&node);
  } while (fdt_next(&node));
  find_plic_context(tree, interrupt_controller_of(tree, hart));
  if (machine.ram.size == 0) panic("the device tree names no RAM");
}

static void describe_node(const struct fdt_node *node) {
  uint32_t length;
  if (fdt_named(node, "cpus")) {
    machine.timebase_frequency = fdt_number(node, "timebase-frequency", machine.timebase_frequency);
  } else if (fdt_named(node, "chosen")) {
    const char *text = fdt_property(node, "bootargs", &length);
    if (text) copy_text(machine.command_line, text, COMMAND_LINE_SIZE);
  } else if (fdt_named(node, "memory")) {
    if (machine.ram.size == 0) fdt_reg(node, 0, &machine.ram.start, &machine.ram.size);
  } else if (fdt_compatible(node, "ns16550a")) {
    fdt_reg(node, 0, &machine.uart.start, &machine.uart.size);
    machine.uart_interrupt = fdt_number(node, "interrupts", 10);
  } else if (fdt_compatible(node, "riscv,plic0") || fdt_compatible(node, "sifive,plic-1.0.0")) {
    fdt_reg(node, 0, &machine.plic.start, &machine.plic.size);
  }
  if (!fdt_named(node, "memory")) add_devices(node);
}

static void add_devices(const struct fdt_node *node) {
  struct physical_range range;
  for (unsigned n = 0; fdt_reg(node, n, &range.start, &range.size); n++) {
    // A cpu's `reg` is its number and has no size; the firmware's reserved part of RAM is no device.
    if (range.size == 0 || machine.device_count == DEVICE_LIMIT) continue;
    if (range.start - machine.ram.start < machine.ram.size) continue;
    machine.devices[machine.device_count++] = range;
  }
}

// Every hart has an interrupt controller of its own in the tree, a child of its cpu node.
static uint32_t interrupt_controller_of(const void *tree, uint64_t hart) {
  struct fdt_node node;
  bool inside = false;
  fdt_root(tree, &node);
  while (fdt_next(&node)) {
    uint32_t length;
    const uint32_t *reg = fdt_property(&node, "reg", &length);
    if (fdt_named(&node, "cpu")) inside = length >= 4 && fdt_cell(reg + length / 4 - 1) == hart;
    else if (inside && fdt_named(&node, "interrupt-controller")) return fdt_number(&node, "phandle", 0);
  }
  return 0;
}

// The PLIC lists its contexts as pairs in `interrupts-extended`: a hart's controller and the interrupt raised
// there. The pair's place in the list is the context's number.
static void find_plic_context(const void *tree, uint32_t hart_controller) {
  const uint32_t supervisor_external = 9;
  machine.plic_context = 2 * machine.hart + 1;  // QEMU's order: M then S, hart after hart
  struct fdt_node node;
  fdt_root(tree, &node);
  while (fdt_next(&node)) {
    uint64_t start, size;
    uint32_t length;
    if (!fdt_reg(&node, 0, &start, &size) || start != machine.plic.start) continue;
    const uint32_t *pair = fdt_property(&node, "interrupts-extended", &length);
    for (uint32_t context = 0; context < length / 8; context++, pair += 2) {
      if (fdt_cell(pair) != hart_controller || fdt_cell(pair + 1) != supervisor_external) continue;
      machine.plic_context = context;
      return;
    }
  }
}
