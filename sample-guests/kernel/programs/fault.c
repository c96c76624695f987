// Does what a process must not do, in the way that its argument names. The kernel ends it, and says why.
#include "library/pebble.h"

// Volatile: the compiler would drop accesses that it can prove to be wrong.
static volatile int *volatile null_pointer = NULL;

static void store_to_null(void) {
  *null_pointer = 1;
}

static void store_to_code(void) {
  *(volatile int *)store_to_null = 0;
}

static void read_the_kernel(void) {
  (void)*(volatile int *)0xffffffc080201000;
}

static void jump_to_nowhere(void) {
  void (*volatile nowhere)(void) = (void (*)(void))0x12345678;
  nowhere();
}

static void execute_no_instruction(void) {
  asm volatile("unimp");
}

// Whoever may write satp owns all memory: this must not work, and it must not be ignored, either.
static void choose_own_page_table(void) {
  asm volatile("csrw satp, zero");
}

static int overflow_the_stack(int depth) {
  volatile char much[1024];
  much[0] = depth;
  return depth < 1000000 ? overflow_the_stack(depth + 1) + much[0] : 0;
}

static void recurse_forever(void) {
  overflow_the_stack(0);
}

static const struct {
  const char *name;
  void (*commit)(void);
} crimes[] = {
    {"null", store_to_null},        {"code", store_to_code},
    {"kernel", read_the_kernel},    {"jump", jump_to_nowhere},
    {"illegal", execute_no_instruction}, {"satp", choose_own_page_table},
    {"stack", recurse_forever},
};

int main(int argc, char *argv[]) {
  const char *name = argc > 1 ? argv[1] : "null";
  for (unsigned i = 0; i < countof(crimes); i++) {
    if (strcmp(crimes[i].name, name) == 0) crimes[i].commit();
  }
  print("fault: nothing happened; known are");
  for (unsigned i = 0; i < countof(crimes); i++) print(" %s", crimes[i].name);
  print("\n");
  return 1;
}
