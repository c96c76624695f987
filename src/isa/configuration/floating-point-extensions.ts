import type { ExtensionTable } from './extension.ts';

/** Extensions of the floating-point unit. */
export const floatingPointExtensions = {
  F: { summary: 'Single-precision floating point.', needs: ['Zicsr'] },
  D: { summary: 'Double-precision floating point.', needs: ['F'] },
  Zfhmin: { summary: 'Half-precision floating point: loads, stores and conversions.', needs: ['F'] },
  Zfh: { summary: 'Half-precision floating point.', needs: ['Zfhmin'] },
  Zfa: { summary: 'Constants, rounding to integers, quiet comparisons of floating point.', needs: ['F'] },
  Zcd: { summary: 'Compressed loads and stores of double precision.', needs: ['Zca', 'D'] },
} as const satisfies ExtensionTable;
