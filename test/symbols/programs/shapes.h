static inline __attribute__((always_inline)) int twice(int value) {
  int doubled = value * 2;
  __asm__ volatile("" : "+r"(doubled));
  return doubled;
}
