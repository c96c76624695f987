#include "arguments.h"
#include "console.h"
#include "layout.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "paging.h"
#include "panic.h"
#include "process.h"
#include "sbi.h"
#include "scan.h"
#include "scheduler.h"
#include "trap.h"

static void start_init(void);

// Called by boot.S in the upper half, on the boot stack.
void kernel_main(uint64_t hart, uint64_t device_tree) {
  machine_describe(hart, device_tree);
  trap_start();  // from here on a mistake of the kernel's own ends in a message
  print("pebble: hart %ld, %ld MiB of RAM at %p\n", hart, machine.ram.size >> 20, (void *)machine.ram.start);
  memory_start();
  paging_start();
  console_start();
  options_read();
  if (options.scan && !options.run) {
    scan_for(options.scan);
    sbi_shut_down(false);
  }
  start_init();
  print("pebble: %ld pages free\n", memory_free_pages());
  scheduler_run();
}

// init is the first process; what the command line asks to run is for it to do.
static void start_init(void) {
  struct arguments *arguments = page_allocate();
  if (!arguments || !arguments_add(arguments, "init")) panic("no memory for init");
  for (char *command = options.run; command;) {
    char *end = command;
    while (*end && *end != ',') end++;
    bool last = *end == 0;
    *end = 0;
    if (!arguments_add(arguments, command)) panic("too much to run");
    command = last ? NULL : end + 1;
  }
  if (process_spawn(arguments) != 1) panic("init cannot be started");
  page_free(arguments);
}
