// The guest: a virtual machine of KVM's with memory and one vCPU.
#pragma once
#include "kvm_abi.h"

// Where things are in guest-physical memory: as on QEMU's board `virt`.
#define RAM_BASE 0x80000000ul
#define PLIC_BASE 0x0c000000ul
#define PLIC_SIZE 0x600000ul
#define UART_BASE 0x10000000ul
#define UART_SIZE 0x100ul
#define UART_INTERRUPT 10

struct guest {
  uint8_t *ram;  // where this process has the guest's memory
  uint64_t ram_size;
  struct kvm_run *run;
  int vm;
  int vcpu;
};

// Creates the machine, or fails. Nothing is in its memory yet.
void guest_create(struct guest *guest, uint64_t ram_size);
// Lets the vCPU run until KVM cannot go on alone; false where a signal came in between.
bool guest_run(struct guest *guest);
// The vCPU's external interrupt, as its PLIC drives it.
void guest_set_interrupt(struct guest *guest, bool pending);

uint64_t guest_get_register(struct guest *guest, uint64_t id);
void guest_set_register(struct guest *guest, uint64_t id, uint64_t value);
// False where this KVM does not know the register.
bool guest_try_get_register(struct guest *guest, uint64_t id, uint64_t *value);
bool guest_try_set_register(struct guest *guest, uint64_t id, uint64_t value);

// Guest-physical memory in this process; NULL unless all of it is RAM.
void *guest_memory(struct guest *guest, uint64_t address, uint64_t size);
