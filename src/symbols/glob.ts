/**
 * Whether a name matches a pattern in which `*` stands for any text and `?` for any character. Takes at most
 * pattern × name steps, which a regular expression made from a pattern of many stars would not.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    const wanted = pattern[next];
    if (wanted === '*') {
      star = next++;
      retry = at;
    } else if (wanted !== undefined && (wanted === '?' || wanted === name[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

/** Does the text have anything that stands for other text? */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}
