// Every construct whose debug information the tests read.
#include "shapes.h"

typedef unsigned char byte;

enum color { RED, GREEN = 5, BLUE = -2 };

struct point {
  int x;
  long y;
};

struct flags {
  unsigned ready : 1;
  unsigned mode : 3;
  int signed_part : 12;
  unsigned long wide : 40;
};

union either {
  struct point point;
  byte raw[16];
};

struct node {
  struct node *next;
  union either value;
  const char *const name;
  int (*visit)(struct node *, int depth);
  enum color color;
  struct flags flags;
  int matrix[2][3];
  struct {
    short inner_a;
    union {
      int anonymous_b;
      char anonymous_c;
    };
  };
  volatile _Bool done;
};

static int visit_node(struct node *node, int depth) {
  return node->value.point.x + depth;
}

struct node nodes[4] = {{.name = "first", .visit = visit_node, .color = BLUE}};
static volatile int counter = 7;
unsigned long big = 0x123456789abcdef0ul;
static byte table[16];
extern int add_in_assembly(int, int);

__attribute__((noinline)) static long sum(const int *values, unsigned count) {
  long total = 0;
  for (unsigned i = 0; i < count; i++) {
    int value = values[i];
    total += twice(value);
    counter++;
  }
  return total;
}

__attribute__((noinline)) int walk(struct node *list, int depth) {
  int local_array[5] = {1, 2, 3, 4, depth};
  struct point here = {.x = depth, .y = big};
  if (list == 0) {
    int hidden = sum(local_array, 5);
    return hidden + here.x;
  }
  {
    long hidden = depth * 2;
    table[depth & 15] = (byte)hidden;
    counter += (int)hidden;
  }
  return list->visit(list, depth) + walk(list->next, depth + 1);
}

int main(void) {
  int result = walk(&nodes[0], 1);
  for (;;) {
    result = add_in_assembly(result, twice(counter));
    if (result < 0)
      break;
  }
  return result;
}

// A type of its own, between variables of two blocks.
__attribute__((noinline)) long local_types(long first) {
  struct pair {
    long left;
    struct {
      int right;
    } inner;
  } pair = {first, {(int)first + 1}};
  long second = pair.left;
  {
    enum mood { CALM = 3, WILD } mood = first > 2 ? WILD : CALM;
    int third = (int)mood + pair.inner.right;
    second += third;
  }
  return second;
}
