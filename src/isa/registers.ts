/** The x registers' names in the calling convention, by number. */
export const abiNames: readonly string[] = `
  zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7
  s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6`
  .trim()
  .split(/\s+/);

/** The f registers' names in the calling convention, by number. */
export const floatAbiNames: readonly string[] = `
  ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7
  fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11`
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

/** `a0`, as the calling convention has it, or `x10`. */
export type RegisterNaming = 'abi' | 'numeric';

/** `a0` or `x10`. */
export function registerName(number: number, naming: RegisterNaming = 'abi'): string {
  return naming === 'numeric' ? `x${number}` : (abiNames[number] ?? `x${number}`);
}

/** `fa0` or `f10`. */
export function floatRegisterName(number: number, naming: RegisterNaming = 'abi'): string {
  return naming === 'numeric' ? `f${number}` : (floatAbiNames[number] ?? `f${number}`);
}

/** The number of `a0`, `x10` or `fp`; `undefined` for what is no x register. */
export function registerNumber(name: string): number | undefined {
  return numbers.get(name);
}

/** The number of `fa0` or `f10`; `undefined` for what is no f register. */
export function floatRegisterNumber(name: string): number | undefined {
  return floatNumbers.get(name);
}

const floatNumbers: ReadonlyMap<string, number> = new Map([
  ...floatAbiNames.map((name, number) => [name, number] as const),
  ...floatAbiNames.map((_, number) => [`f${number}`, number] as const),
]);

const numbers: ReadonlyMap<string, number> = new Map([
  ...abiNames.map((name, number) => [name, number] as const),
  ...abiNames.map((_, number) => [`x${number}`, number] as const),
  ['fp', 8],
]);

/** What the calling convention (psABI) says of an f register, in a word or two. */
export function floatRegisterRole(number: number): string {
  const name = floatRegisterName(number);
  if (name === 'fa0' || name === 'fa1') return 'argument or return value';
  if (name.startsWith('fa')) return 'argument';
  return name.startsWith('fs') ? 'saved register' : 'temporary';
}
