#include "format.h"

#include "string.h"

// What stands between the % and the letter.
struct conversion {
  bool left;
  bool zeros;
  bool wide;
  unsigned width;
};

static const char *read_conversion(const char *template, struct conversion *conversion);
static void put_padded(struct sink *sink, const char *text, size_t length, struct conversion how);
static void put_number(struct sink *sink, uint64_t value, unsigned base, bool negative, struct conversion how);

void format(struct sink *sink, const char *template, __builtin_va_list values) {
  for (; *template; template++) {
    if (*template != '%') {
      sink->put(sink, *template);
      continue;
    }
    struct conversion conversion;
    template = read_conversion(template + 1, &conversion);
    switch (*template) {
      case 's': {
        const char *text = __builtin_va_arg(values, const char *);
        put_padded(sink, text, strlen(text), conversion);
        break;
      }
      case 'c': {
        char character = __builtin_va_arg(values, int);
        put_padded(sink, &character, 1, conversion);
        break;
      }
      case 'd': {
        long value = conversion.wide ? __builtin_va_arg(values, long) : __builtin_va_arg(values, int);
        put_number(sink, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0, conversion);
        break;
      }
      case 'u':
      case 'x': {
        uint64_t value = __builtin_va_arg(values, uint64_t);
        if (!conversion.wide) value = (uint32_t)value;  // the register's upper half is a copy of its sign
        put_number(sink, value, *template == 'x' ? 16 : 10, false, conversion);
        break;
      }
      case 'p':
        sink->put(sink, '0');
        sink->put(sink, 'x');
        put_number(sink, __builtin_va_arg(values, uint64_t), 16, false, conversion);
        break;
      case 0:
        return;
      default:
        sink->put(sink, *template);
    }
  }
}

static const char *read_conversion(const char *template, struct conversion *conversion) {
  *conversion = (struct conversion){};
  for (;; template++) {
    if (*template == '-') conversion->left = true;
    else if (*template == '0') conversion->zeros = true;
    else break;
  }
  for (; *template >= '0' && *template <= '9'; template++) {
    conversion->width = conversion->width * 10 + (*template - '0');
  }
  for (; *template == 'l'; template++) conversion->wide = true;
  return template;
}

static void put_padded(struct sink *sink, const char *text, size_t length, struct conversion how) {
  size_t padding = how.width > length ? how.width - length : 0;
  if (!how.left) {
    for (; padding > 0; padding--) sink->put(sink, how.zeros ? '0' : ' ');
  }
  for (; length > 0; length--) sink->put(sink, *text++);
  for (; padding > 0; padding--) sink->put(sink, ' ');
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, bool negative, struct conversion how) {
  char digits[21];  // 2^64 has 20 decimal digits; one more for the sign
  size_t start = sizeof digits;
  do {
    digits[--start] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  if (negative) digits[--start] = '-';
  put_padded(sink, digits + start, sizeof digits - start, how);
}
