// kvm-run: runs a guest with Linux's KVM, on its own terminal. What KVM does not do alone (devices, the console, the
// end) comes back from KVM_RUN and is done here.
#include "../kernel/common/string.h"
#include "device_tree.h"
#include "guest.h"
#include "linux.h"
#include "load.h"
#include "plic.h"
#include "sbi.h"
#include "terminal.h"
#include "uart.h"

struct options {
  const char *kernel;
  const char *initrd;
  const char *append;
  uint64_t memory;  // MiB
};

static struct guest guest;

static struct options read_options(char *arguments[]);
static void boot(const struct options *options);
static int run(void);
static void access_device(void);
static void update_interrupt(void);
static bool take_keys(void);
static void wake_up(int signal);

int main(int count, char *arguments[]) {
  (void)count;
  const struct options options = read_options(arguments + 1);
  guest_create(&guest, options.memory << 20);
  boot(&options);
  terminal_open(wake_up);
  const int status = run();
  terminal_close();
  return status;
}

static struct options read_options(char *arguments[]) {
  struct options options = {.append = "", .memory = 64};
  for (; *arguments; arguments++) {
    if (!starts_with(*arguments, "--")) {
      options.kernel = *arguments;
      continue;
    }
    const char *name = *arguments, *value = arguments[1];
    if (!value) break;
    arguments++;
    if (strcmp(name, "--memory") == 0) options.memory = parse_number(value);
    else if (strcmp(name, "--initrd") == 0) options.initrd = value;
    else if (strcmp(name, "--append") == 0) options.append = value;
    else fail("kvm-run: there is no option %s", name);
  }
  if (!options.kernel) fail("usage: kvm-run [--memory MIB] [--initrd FILE] [--append ARGUMENTS] KERNEL");
  return options;
}

// As SBI firmware leaves a hart to a kernel: a0 is its number, a1 the device tree's address.
static void boot(const struct options *options) {
  struct file_range kernel, initrd = {0, 0};
  const uint64_t entry = load_kernel(&guest, options->kernel, &kernel);
  const uint64_t two_mebibytes = 0x200000;
  // A kernel maps what follows it; the tree and the initrd are out of its way at pages of their own.
  const uint64_t tree = (kernel.end + two_mebibytes - 1) & -two_mebibytes;
  if (!guest_memory(&guest, tree, two_mebibytes)) fail("kvm-run: the guest's memory is too small");
  if (options->initrd) {
    initrd.start = tree + two_mebibytes;
    initrd.end = load_file(&guest, options->initrd, initrd.start);
  }
  device_tree_write(&guest, tree, options->append, initrd);
  guest_set_register(&guest, KVM_REG_CORE_PC, entry);
  guest_set_register(&guest, KVM_REG_CORE_X(10), 0);
  guest_set_register(&guest, KVM_REG_CORE_X(11), tree);
  sbi_start(&guest);
}

// Until the guest ends; answers the status for the shell.
static int run(void) {
  const struct kvm_run *run = guest.run;
  for (;;) {
    if (!take_keys()) return 1;
    update_interrupt();
    if (!guest_run(&guest)) continue;
    switch (run->exit_reason) {
      case KVM_EXIT_MMIO: access_device(); break;
      case KVM_EXIT_RISCV_SBI: sbi_call(&guest); break;
      case KVM_EXIT_SYSTEM_EVENT: return run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN ? 0 : 1;
      case KVM_EXIT_INTR: break;
      default:
        terminal_close();
        fail("kvm-run: KVM gave up: exit reason %d at %lx", run->exit_reason,
             guest_get_register(&guest, KVM_REG_CORE_PC));
    }
  }
}

// Where there is no device, loads give zeros and stores go nowhere.
static void access_device(void) {
  const uint64_t address = guest.run->mmio.phys_addr;
  uint8_t *data = guest.run->mmio.data;
  const uint32_t length = guest.run->mmio.len;
  const bool is_write = guest.run->mmio.is_write;
  uint64_t value = 0;
  if (is_write) memcpy(&value, data, length);
  if (address - UART_BASE < UART_SIZE) {
    if (is_write) uart_store(address - UART_BASE, value);
    else value = uart_load(address - UART_BASE);
  } else if (address - PLIC_BASE < PLIC_SIZE) {
    if (is_write) plic_store(address - PLIC_BASE, value);
    else value = plic_load(address - PLIC_BASE);
  }
  if (!is_write) memcpy(data, &value, length);
}

// KVM is told of changes only: each costs a system call.
static void update_interrupt(void) {
  static bool told;
  plic_set_line(UART_INTERRUPT, uart_interrupts());
  const bool output = plic_output();
  if (output == told) return;
  guest_set_interrupt(&guest, output);
  told = output;
}

// False when the user ends the guest.
static bool take_keys(void) {
  static int waiting = -1;
  // What sets this again comes after the last look at the terminal, or is a signal during KVM_RUN.
  guest.run->immediate_exit = 0;
  for (;;) {
    bool ends = false;
    if (waiting < 0) waiting = terminal_key(&ends);
    if (ends) return false;
    if (waiting < 0 || !uart_receive(waiting)) return true;
    waiting = -1;
  }
}

// The signal may come at any moment: KVM_RUN must come back, also if it is only about to begin.
static void wake_up(int signal) {
  (void)signal;
  guest.run->immediate_exit = 1;
}
