/** The x registers' names in the calling convention, by number. */
export const abiNames: readonly string[] = `
  zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7
  s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6`
  .trim()
  .split(/\s+/);

/** What the calling convention uses a register for, by number. */
export const registerRoles: readonly string[] = [
  'hard-wired zero',
  'return address',
  'stack pointer',
  'global pointer',
  'thread pointer',
  ...Array.from({ length: 3 }, () => 'temporary'),
  'saved register, or frame pointer',
  'saved register',
  ...Array.from({ length: 2 }, () => 'argument, or return value'),
  ...Array.from({ length: 6 }, () => 'argument'),
  ...Array.from({ length: 10 }, () => 'saved register'),
  ...Array.from({ length: 4 }, () => 'temporary'),
];

export type RegisterNaming = 'abi' | 'numeric';

/** `a0` or `x10`. */
export function registerName(number: number, naming: RegisterNaming = 'abi'): string {
  return naming === 'numeric' ? `x${number}` : (abiNames[number] ?? `x${number}`);
}

/** The number of `a0`, `x10` or `fp`; `undefined` for what is no x register. */
export function registerNumber(name: string): number | undefined {
  return numbers.get(name);
}

const numbers: ReadonlyMap<string, number> = new Map([
  ...abiNames.map((name, number) => [name, number] as const),
  ...abiNames.map((_, number) => [`x${number}`, number] as const),
  ['fp', 8],
]);
