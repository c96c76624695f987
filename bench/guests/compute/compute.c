// The work loads. Every round of one executes the same instructions, so that two runs of different length tell what
// a round costs, whatever it cost to begin.
// No header of the compiler: the same bytes wherever it is installed.
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;

typedef uint64_t work_load(uint64_t round);

static work_load sieve, checksum, hashing, bytecode, calls, chase, matrix, strings, far_calls;
// In floating.c.
work_load bodies, transform, fractal;
static void prepare_checksum(void);
static void prepare_chase(void);

static work_load *const work_loads[] = {sieve,    checksum, hashing, bytecode, calls,
                                       chase,    matrix,   strings, far_calls, bodies,   transform, fractal};

// Called from start.S.
uint64_t compute(uint64_t which, uint64_t rounds) {
  prepare_checksum();
  prepare_chase();
  uint64_t result = 0;
  for (uint64_t round = 0; round < rounds; round++) result = result * 31 + work_loads[which](round);
  return result;
}

// A tight loop with stores: the sieve of Eratosthenes.
#define SIEVE_SIZE 65536
static uint8_t composite[SIEVE_SIZE];

static uint64_t sieve(uint64_t round) {
  for (unsigned i = 0; i < SIEVE_SIZE; i++) composite[i] = 0;
  uint64_t primes = 0;
  for (unsigned i = 2; i < SIEVE_SIZE; i++) {
    if (composite[i]) continue;
    primes++;
    for (unsigned multiple = 2 * i; multiple < SIEVE_SIZE; multiple += i) composite[multiple] = 1;
  }
  return primes + round;
}

// A tight loop with loads: CRC-32 by table.
#define TEXT_SIZE 65536
static uint32_t crc_table[256];
static uint8_t text[TEXT_SIZE];

static void prepare_checksum(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
    crc_table[i] = value;
  }
  for (unsigned i = 0; i < TEXT_SIZE; i++) text[i] = (uint8_t)(i * 167 + (i >> 8));
}

static uint64_t checksum(uint64_t round) {
  uint32_t crc = (uint32_t)round;
  for (unsigned i = 0; i < TEXT_SIZE; i++) crc = crc >> 8 ^ crc_table[(crc ^ text[i]) & 255];
  return crc;
}

// Loads and stores all over 256 KiB, multiplications: a hash table with open addressing.
#define SLOTS 16384
static struct {
  uint64_t key, count;
} slots[SLOTS];

static uint64_t hashing(uint64_t round) {
  for (unsigned i = 0; i < SLOTS; i++) slots[i].key = 0;
  uint64_t probes = 0;
  for (uint64_t i = 0; i < 20000; i++) {
    uint64_t key = i % 9973 + 1;
    uint64_t slot = key * 0x9e3779b97f4a7c15 >> 50;
    while (slots[slot].key && slots[slot].key != key) slot = (slot + 1) % SLOTS, probes++;
    slots[slot].key = key;
    slots[slot].count += round;
  }
  return probes + slots[round % SLOTS].count;
}

// Indirect jumps: an interpreter of a stack machine that adds up the numbers from 1 to 2000, 10 times.
enum operation { PUSH, LOAD, STORE, ADD, SUBTRACT, LESS, JUMP_IF, END };

static const uint16_t program[] = {
    PUSH,    2000, STORE, 0,                // count = 2000
    LOAD,    1,    LOAD,  0, ADD, STORE, 1, // sum += count
    LOAD,    0,    PUSH,  1, SUBTRACT, STORE, 0, // count--
    PUSH,    0,    LOAD,  0, LESS, JUMP_IF, 4, // while (0 < count)
    END,
};

static uint64_t interpret(const uint16_t *code) {
  uint64_t stack[8], variables[2] = {0, 0};
  uint64_t *top = stack;
  const uint16_t *at = code;
  for (;;) {
    switch ((enum operation)*at++) {
      case PUSH: *top++ = *at++; break;
      case LOAD: *top++ = variables[*at++]; break;
      case STORE: variables[*at++] = *--top; break;
      case ADD: top--, top[-1] += *top; break;
      case SUBTRACT: top--, top[-1] -= *top; break;
      case LESS: top--, top[-1] = top[-1] < *top; break;
      case JUMP_IF: at = *--top ? code + *at : at + 1; break;
      case END: return variables[1];
    }
  }
}

static uint64_t bytecode(uint64_t round) {
  uint64_t sum = round;
  for (int i = 0; i < 10; i++) sum += interpret(program);
  return sum;
}

// Calls and returns: Fibonacci numbers the slow way.
static __attribute__((noinline)) uint64_t fibonacci(uint64_t n) {
  __asm__ volatile("");  // the compiler may not unfold the recursion
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint64_t calls(uint64_t round) {
  return fibonacci(20) + round;
}

// Each load needs the one before it, and most lie in another page: a cycle through 1 MiB.
#define NODES 16384
static struct node {
  struct node *next;
  uint64_t filling[7];
} nodes[NODES];

// Sattolo's shuffle makes one cycle through all nodes.
static void prepare_chase(void) {
  uint64_t random = 1;
  for (unsigned i = 0; i < NODES; i++) nodes[i].next = &nodes[i];
  for (unsigned i = NODES - 1; i > 0; i--) {
    random = random * 6364136223846793005 + 1442695040888963407;
    unsigned other = (unsigned)((random >> 33) % i);
    struct node *next = nodes[i].next;
    nodes[i].next = nodes[other].next;
    nodes[other].next = next;
  }
}

static uint64_t chase(uint64_t round) {
  struct node *node = nodes;
  for (unsigned i = 0; i < NODES; i++) node = node->next;
  return (uint64_t)(node - nodes) + round;
}

// A tight loop with multiplications: the product of two matrices.
#define SIDE 48
static uint64_t left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

static uint64_t matrix(uint64_t round) {
  for (unsigned i = 0; i < SIDE; i++) {
    for (unsigned j = 0; j < SIDE; j++) left[i][j] = i * j + round, right[i][j] = (i + j) ^ round;
  }
  for (unsigned i = 0; i < SIDE; i++) {
    for (unsigned j = 0; j < SIDE; j++) {
      uint64_t sum = 0;
      for (unsigned k = 0; k < SIDE; k++) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
  }
  return product[round % SIDE][7];
}

// What C libraries do all day: lengths, copies and comparisons of short strings, copies of long ones.
#define LINES 64
static char lines[LINES][64];
static uint64_t source[2048], destination[2048];

static __attribute__((noinline)) uint64_t length_of(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (uint64_t)(end - text);
}

static __attribute__((noinline)) int compare(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a - *b;
}

static __attribute__((noinline)) void copy_words(uint64_t *to, const uint64_t *from, uint64_t words) {
  while (words--) *to++ = *from++;
}

static uint64_t strings(uint64_t round) {
  for (unsigned i = 0; i < LINES; i++) {
    unsigned length = 8 + (i * 7 + (unsigned)round) % 48;
    for (unsigned j = 0; j < length; j++) lines[i][j] = (char)('a' + (j < 6 ? 0 : i % 5));
    lines[i][length] = 0;
  }
  uint64_t sum = 0;
  for (unsigned i = 0; i < LINES; i++) {
    sum += length_of(lines[i]);
    for (unsigned j = 0; j < 8; j++) sum += compare(lines[i], lines[(i + j) % LINES]) > 0;
  }
  copy_words(destination, source, 2048);
  copy_words(source, destination, 2048);
  return sum;
}

// Calls between functions in pages of their own: numbers of ways to go down stairs.
static uint64_t stairs_b(uint64_t n);

static __attribute__((noinline, aligned(4096))) uint64_t stairs_a(uint64_t n) {
  __asm__ volatile("");
  return n < 2 ? 1 : stairs_b(n - 1) + stairs_b(n - 2);
}

static __attribute__((noinline, aligned(4096))) uint64_t stairs_b(uint64_t n) {
  __asm__ volatile("");
  return n < 3 ? n : stairs_a(n - 1) + stairs_a(n - 2);
}

static __attribute__((aligned(4096))) uint64_t far_calls(uint64_t round) {
  return stairs_a(18) + round;
}
