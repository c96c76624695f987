#include "guest.h"

#include "linux.h"

static int must(long result, const char *what);
static void map_ram(struct guest *guest, uint64_t size);

void guest_create(struct guest *guest, uint64_t ram_size) {
  int kvm = must(open_file("/dev/kvm", O_RDWR), "open /dev/kvm (is the module kvm loaded?)");
  const long version = control(kvm, KVM_GET_API_VERSION, NULL);
  if (version != 12) fail("kvm-run: KVM's API has version %ld, not 12", version);
  guest->vm = must(control(kvm, KVM_CREATE_VM, NULL), "create a virtual machine");
  map_ram(guest, ram_size);
  guest->vcpu = must(control(guest->vm, KVM_CREATE_VCPU, NULL), "create a vCPU");
  guest->run = map_shared(guest->vcpu, must(control(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL), "size kvm_run"));
  if (!is_mapped(guest->run)) fail("kvm-run: cannot map kvm_run");
}

static void map_ram(struct guest *guest, uint64_t size) {
  guest->ram_size = size;
  guest->ram = map_memory(size);
  if (!is_mapped(guest->ram)) fail("kvm-run: no %ld MiB of memory for the guest", size >> 20);
  const struct kvm_userspace_memory_region region = {
      .guest_phys_addr = RAM_BASE,
      .memory_size = size,
      .userspace_addr = (uint64_t)guest->ram,
  };
  must(control(guest->vm, KVM_SET_USER_MEMORY_REGION, &region), "give the guest memory");
}

bool guest_run(struct guest *guest) {
  const long result = control(guest->vcpu, KVM_RUN, NULL);
  if (result == -EINTR || result == -EAGAIN) return false;
  must(result, "run the guest");
  return true;
}

void guest_set_interrupt(struct guest *guest, bool pending) {
  const struct kvm_interrupt interrupt = {pending ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET};
  must(control(guest->vcpu, KVM_INTERRUPT, &interrupt), "interrupt the guest");
}

uint64_t guest_get_register(struct guest *guest, uint64_t id) {
  uint64_t value;
  if (!guest_try_get_register(guest, id, &value)) fail("kvm-run: KVM has no register %lx", id);
  return value;
}

void guest_set_register(struct guest *guest, uint64_t id, uint64_t value) {
  if (!guest_try_set_register(guest, id, value)) fail("kvm-run: KVM has no register %lx", id);
}

bool guest_try_get_register(struct guest *guest, uint64_t id, uint64_t *value) {
  return control(guest->vcpu, KVM_GET_ONE_REG, &(struct kvm_one_reg){id, (uint64_t)value}) >= 0;
}

bool guest_try_set_register(struct guest *guest, uint64_t id, uint64_t value) {
  return control(guest->vcpu, KVM_SET_ONE_REG, &(struct kvm_one_reg){id, (uint64_t)&value}) >= 0;
}

void *guest_memory(struct guest *guest, uint64_t address, uint64_t size) {
  const uint64_t offset = address - RAM_BASE;
  if (offset > guest->ram_size || size > guest->ram_size - offset) return NULL;
  return guest->ram + offset;
}

static int must(long result, const char *what) {
  if (result < 0) fail("kvm-run: cannot %s: error %ld", what, -result);
  return result;
}
