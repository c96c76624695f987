// What Linux and a program that uses /dev/kvm agree on: the part of the KVM API (Linux,
// Documentation/virt/kvm/api.rst) that this program needs, for riscv64.
#pragma once
#include "../kernel/common/types.h"

// ioctl numbers: direction, size of the argument, type 0xae, number.
#define KVM_NONE(number) (0xae00u | (number))
#define KVM_WRITE(number, type) (0x40000000u | sizeof(type) << 16 | 0xae00u | (number))

#define KVM_GET_API_VERSION KVM_NONE(0x00)
#define KVM_CREATE_VM KVM_NONE(0x01)
#define KVM_GET_VCPU_MMAP_SIZE KVM_NONE(0x04)
#define KVM_CREATE_VCPU KVM_NONE(0x41)
#define KVM_RUN KVM_NONE(0x80)
#define KVM_SET_USER_MEMORY_REGION KVM_WRITE(0x46, struct kvm_userspace_memory_region)
#define KVM_INTERRUPT KVM_WRITE(0x86, struct kvm_interrupt)
#define KVM_GET_ONE_REG KVM_WRITE(0xab, struct kvm_one_reg)
#define KVM_SET_ONE_REG KVM_WRITE(0xac, struct kvm_one_reg)

struct kvm_userspace_memory_region {
  uint32_t slot;
  uint32_t flags;
  uint64_t guest_phys_addr;
  uint64_t memory_size;
  uint64_t userspace_addr;
};

struct kvm_interrupt {
  uint32_t irq;
};

#define KVM_INTERRUPT_SET 0xffffffffu
#define KVM_INTERRUPT_UNSET 0xfffffffeu

struct kvm_one_reg {
  uint64_t id;
  uint64_t addr;
};

// Ids of registers of 64 bits: architecture, size, kind, and the place in the kind's structure.
#define KVM_REG(kind, index) (0x8030000000000000u | (uint64_t)(kind) << 24 | (index))
#define KVM_REG_CONFIG_ISA KVM_REG(1, 0)
#define KVM_REG_CORE_PC KVM_REG(2, 0)
#define KVM_REG_CORE_X(number) KVM_REG(2, number)
#define KVM_REG_TIMER_FREQUENCY KVM_REG(4, 0)
#define KVM_REG_ISA_EXTENSION(number) KVM_REG(7, number)
#define KVM_REG_SBI_EXTENSION(number) KVM_REG(8, number)

enum kvm_isa_extension { KVM_ISA_SVPBMT = 7, KVM_ISA_SSTC = 8, KVM_ISA_SVINVAL = 9 };

enum kvm_sbi_extension { KVM_SBI_DEBUG_CONSOLE = 9 };

enum kvm_exit_reason {
  KVM_EXIT_MMIO = 6,
  KVM_EXIT_INTR = 10,
  KVM_EXIT_SYSTEM_EVENT = 24,
  KVM_EXIT_RISCV_SBI = 35,
};

enum kvm_system_event { KVM_SYSTEM_EVENT_SHUTDOWN = 1, KVM_SYSTEM_EVENT_RESET = 2 };

// Shared between KVM and the program, one for each vCPU: why KVM_RUN came back.
struct kvm_run {
  uint8_t request_interrupt_window;
  uint8_t immediate_exit;
  uint8_t padding[6];
  uint32_t exit_reason;
  uint8_t ready_for_interrupt_injection;
  uint8_t if_flag;
  uint16_t flags;
  uint64_t cr8;
  uint64_t apic_base;
  union {
    struct {
      uint64_t phys_addr;
      uint8_t data[8];
      uint32_t len;
      uint8_t is_write;
    } mmio;
    struct {
      uint32_t type;
      uint32_t count;
      uint64_t data[16];
    } system_event;
    struct {
      uint64_t extension;
      uint64_t function;
      uint64_t arguments[6];
      uint64_t result[2];
    } sbi;
  };
};
