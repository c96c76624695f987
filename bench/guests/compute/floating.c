// Work loads of floating point, for compute.c.
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;

uint64_t bodies(uint64_t round), transform(uint64_t round), fractal(uint64_t round);

static uint64_t bits_of(double value) {
  union {
    double value;
    uint64_t bits;
  } both = {.value = value};
  return both.bits;
}

// Double precision, long chains, divisions and square roots: five bodies that attract each other.
#define BODIES 5
static struct {
  double position[3], velocity[3], mass;
} body[BODIES];

static void place_bodies(void) {
  for (int i = 0; i < BODIES; i++) {
    for (int axis = 0; axis < 3; axis++) {
      body[i].position[axis] = (i * 7 + axis * 5) % 11 * 1.25 + 0.1 * axis;
      body[i].velocity[axis] = (i * 3 + axis * 4) % 7 * 0.3 - 0.9;
    }
    body[i].mass = 1.0 / (1 + 3 * i);
  }
}

uint64_t bodies(uint64_t round) {
  place_bodies();
  for (int step = 0; step < 1000; step++) {
    for (int i = 0; i < BODIES; i++) {
      for (int j = i + 1; j < BODIES; j++) {
        double distance[3], square = 0.01;
        for (int axis = 0; axis < 3; axis++) {
          distance[axis] = body[i].position[axis] - body[j].position[axis];
          square += distance[axis] * distance[axis];
        }
        double pull = 0.001 / (square * __builtin_sqrt(square));
        for (int axis = 0; axis < 3; axis++) {
          body[i].velocity[axis] -= distance[axis] * body[j].mass * pull;
          body[j].velocity[axis] += distance[axis] * body[i].mass * pull;
        }
      }
    }
    for (int i = 0; i < BODIES; i++)
      for (int axis = 0; axis < 3; axis++) body[i].position[axis] += 0.001 * body[i].velocity[axis];
  }
  return bits_of(body[0].position[0]) + round;
}

// Double precision, loads and stores: a fast Fourier transform there and back.
#define POINTS 1024
static double real[POINTS], imaginary[POINTS];

static void transform_once(double sign) {
  for (unsigned i = 1, j = 0; i < POINTS; i++) {
    unsigned bit = POINTS / 2;
    for (; j & bit; bit /= 2) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    double held = real[i];
    real[i] = real[j], real[j] = held;
    held = imaginary[i];
    imaginary[i] = imaginary[j], imaginary[j] = held;
  }
  // Cosine and sine of half the angle at each stage, from those of pi.
  double cosine = -1, sine = 0;
  for (unsigned half = 1; half < POINTS; half *= 2) {
    double factor_real = 1, factor_imaginary = 0;
    for (unsigned k = 0; k < half; k++) {
      for (unsigned i = k; i < POINTS; i += 2 * half) {
        double part_real = real[i + half] * factor_real - imaginary[i + half] * factor_imaginary;
        double part_imaginary = real[i + half] * factor_imaginary + imaginary[i + half] * factor_real;
        real[i + half] = real[i] - part_real;
        imaginary[i + half] = imaginary[i] - part_imaginary;
        real[i] += part_real;
        imaginary[i] += part_imaginary;
      }
      double turned = factor_real * cosine - factor_imaginary * sine;
      factor_imaginary = factor_real * sine + factor_imaginary * cosine;
      factor_real = turned;
    }
    sine = sign * __builtin_sqrt((1 - cosine) / 2);
    cosine = __builtin_sqrt((1 + cosine) / 2);
  }
}

uint64_t transform(uint64_t round) {
  for (unsigned i = 0; i < POINTS; i++) real[i] = (i * 37 % 101) * 0.01, imaginary[i] = 0;
  transform_once(1);
  transform_once(-1);
  return bits_of(real[POINTS / 3]) + round;
}

// Single precision, comparisons and conversions: how soon points leave the Mandelbrot set.
#define WIDTH 64
uint64_t fractal(uint64_t round) {
  uint64_t total = round;
  for (int row = 0; row < WIDTH; row++) {
    for (int column = 0; column < WIDTH; column++) {
      float x0 = column * (3.0f / WIDTH) - 2.2f, y0 = row * (2.4f / WIDTH) - 1.2f;
      float x = 0, y = 0;
      int count = 0;
      while (count < 64 && x * x + y * y < 4.0f) {
        float next = x * x - y * y + x0;
        y = 2 * x * y + y0;
        x = next;
        count++;
      }
      total += (uint64_t)count;
    }
  }
  return total;
}
