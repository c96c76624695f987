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
static void put_padded(struct sink *sink, const char *text, size_t length, struct conversion conversion);
static void put_number(struct sink *sink, uint64_t value, unsigned base, bool negative, struct conversion conversion);

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
        uint64_t value = conversion.wide ? __builtin_va_arg(values, uint64_t) : __builtin_va_arg(values, uint32_t);
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
  for (; *template >= '0' && *template <= '9'; template++) conversion->width = conversion->width * 10 + (*template - '0');
  for (; *template == 'l'; template++) conversion->wide = true;
  return template;
}

static void put_padded(struct sink *sink, const char *text, size_t length, struct conversion conversion) {
  size_t padding = conversion.width > length ? conversion.width - length : 0;
  if (!conversion.left) while (padding > 0) sink->put(sink, conversion.zeros ? '0' : ' '), padding--;
  while (length-- > 0) sink->put(sink, *text++);
  while (padding-- > 0) sink->put(sink, ' ');
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, bool negative, struct conversion conversion) {
  char digits[21];  // 2^64 has 20 decimal digits; one more for the sign
  size_t start = sizeof digits;
  do {
    digits[--start] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  if (negative) digits[--start] = '-';
  put_padded(sink, digits + start, sizeof digits - start, conversion);
}
