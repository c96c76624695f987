import type { MachineConfiguration } from '../../src/machine/configuration.ts';
import type { MachineImage } from '../../src/machine/image.ts';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import { op } from '../hart/fixture.ts';

export { op };
export const ramBase = 0x8000_0000;
export const uart = 0x1000_0000;
const finisher = 0x10_0000;
export const clint = 0x0200_0000;

/** Numbers of registers by their names in the calling convention. */
export const x = {
  zero: 0,
  ra: 1,
  t0: 5,
  t1: 6,
  t2: 7,
  s0: 8,
  s1: 9,
  a0: 10,
  a1: 11,
  a2: 12,
  a6: 16,
  a7: 17,
};

/** lui and addi that put a number below 2^31 into a register. */
export function li(rd: number, value: number): number[] {
  const low = (value << 20) >> 20;
  const high = (value - low) | 0;
  return high === 0
    ? [op('addi', { rd, rs1: 0, imm: low })]
    : [op('lui', { rd, imm: high }), op('addiw', { rd, rs1: rd, imm: low })];
}

export const store = (mnemonic: string, base: number, source: number, imm = 0): number =>
  op(mnemonic, { rs1: base, rs2: source, imm });
export const csrw = (csr: number, rs1: number): number => op('csrrw', { rd: 0, csr, rs1 });
export const csrr = (rd: number, csr: number): number => op('csrrs', { rd, csr, rs1: 0 });
export const wfi = op('wfi');
export const ecall = op('ecall');
export const loopForever = op('jal', { rd: 0, imm: 0 });

/** Writes a word to the finisher, by t0 and t1. */
export const finish = (value: number): number[] => [
  ...li(x.t0, finisher),
  ...li(x.t1, value),
  store('sw', x.t0, x.t1),
];

/** An SBI call with constant arguments. */
export const sbi = (extension: number, id: number, ...args: readonly number[]): number[] => [
  ...args.flatMap((value, index) => li(x.a0 + index, value)),
  ...li(x.a6, id),
  ...li(x.a7, extension),
  ecall,
];

/** A program at the start of RAM; others at their own addresses. */
export function program(
  words: readonly number[],
  more: ReadonlyMap<number, readonly number[]> = new Map(),
): MachineImage {
  return {
    entry: BigInt(ramBase),
    segments: [[ramBase, words] as const, ...more].map(([address, list]) => ({
      address: BigInt(address),
      bytes: new Uint8Array(Uint32Array.from(list).buffer),
    })),
  };
}

/** A machine of 16 MiB, with what its consoles sent. */
export function start(configuration: MachineConfiguration): { machine: Machine; output: () => string } {
  const sent: number[] = [];
  const machine = createMachine({
    ramBytes: 16 << 20,
    output: (_, byte) => sent.push(byte),
    ...configuration,
  });
  return { machine, output: () => String.fromCharCode(...sent) };
}
