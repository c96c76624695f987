/** Says where sources are now that were elsewhere when the image was compiled. Whole path components match. */
export interface PathRemap {
  /** Beginning of the path as compiled; `.` for all paths that are relative there. */
  readonly from: string;
  /** What stands there instead on this computer. */
  readonly to: string;
}

/** A path without `.`, `..`, doubled or backward slashes, so that two spellings of one file are equal. */
export function normalizePath(path: string): string {
  const slashes = /^[A-Za-z]:\\|^\\\\/.test(path) || !path.includes('/') ? path.replaceAll('\\', '/') : path;
  const parts: string[] = [];
  const absolute = slashes.startsWith('/');
  for (const part of slashes.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** `name` as seen from `directory`, normalized. */
export function joinPath(directory: string, name: string): string {
  return normalizePath(isAbsolute(name) || directory === '' ? name : `${directory}/${name}`);
}

/** The path with the first remapping that applies. */
export function remapPath(path: string, remaps: readonly PathRemap[]): string {
  for (const { from, to } of remaps) {
    const prefix = normalizePath(from);
    if (prefix === '') {
      if (!isAbsolute(path)) return joinPath(to, path);
    } else if (path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)) {
      return joinPath(to, path.slice(prefix.length).replace(/^\/+/, ''));
    }
  }
  return path;
}

/** How many components, counted from the file's name backwards, two normalized paths share. */
export function commonSuffix(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let count = 0;
  while (count < left.length && count < right.length && left.at(-1 - count) === right.at(-1 - count)) count++;
  return count;
}

/** What comes after the last slash. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]|^\\\\/.test(path);
}
