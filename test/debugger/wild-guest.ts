import assert from 'node:assert/strict';
import { createDebuggee } from '../../src/debugger/create-debuggee.ts';
import type { SliceResult } from '../../src/debugger/debugger.ts';
import type { Target } from '../../src/debugger/target/target.ts';

/** Where a guest runs: under the VMM, above the built-in firmware, or in M mode. */
export const placements = {
  hosted: { placement: 'hosted', firmware: 'builtin' },
  kernel: { placement: 'none', firmware: 'builtin' },
  machine: { placement: 'none', firmware: 'none' },
} as const;

export type PlacementName = keyof typeof placements;

/** Runs a flat image for at most so many steps; throws only where Strata has a defect. */
export function runFlat(
  bytes: Uint8Array,
  where: PlacementName,
  steps: number,
): { readonly result: SliceResult; readonly target: Target } {
  const guest = { programs: [], symbols: undefined, initrd: undefined, append: '', memory: 16 << 20 };
  const made = createDebuggee({
    ...placements[where],
    guests: [{ ...guest, name: 'wild', image: { path: 'wild.bin', bytes } }],
    sourceMap: {},
    locateSource: () => undefined,
    engine: 'auto',
  });
  assert.ok(made.ok, JSON.stringify(made.diagnostics));
  const { core, target } = made.value;
  core.resume({ kind: 'continue', direction: 'forward' });
  for (;;) {
    const result = core.runSlice(Math.min(10_000, steps - target.machine.steps));
    if (result.kind !== 'running' || target.machine.steps >= steps) return { result, target };
  }
}

/** Opcodes behind which privileged instructions, atomics, jumps and accesses to memory lie. */
const opcodes = [0x73, 0x73, 0x73, 0x0f, 0x2f, 0x23, 0x03, 0x13, 0x33, 0x37, 0x6f, 0x67, 0x63];
const csrs = [
  0x100, 0x104, 0x105, 0x106, 0x10a, 0x144, 0x14d, 0x180, 0x200, 0x204, 0x280, 0x300, 0x302, 0x303, 0x304,
  0x305, 0x30a, 0x320, 0x344, 0x3a0, 0x3b0, 0x600, 0x602, 0x603, 0x605, 0x643, 0x680,
];
/** Where devices have their registers, RAM and nothing. */
const places = [0x10_0000, 0x200_0000, 0x200_4000, 0xc00_0000, 0xc20_1000, 0x1000_0000, 0x8000_0000, 0x4000];

/** Code that is half noise, half instructions that could do harm: garbage to CSRs and to devices of every size. */
export function wildCode(seed: number): Uint8Array {
  const next = random(seed);
  const pick = (from: readonly number[]): number => from[Math.floor(next() * from.length)] ?? 0;
  const words = Array.from({ length: 256 }, () => {
    const word = Math.floor(next() * 2 ** 32) >>> 0;
    if (next() < 0.3) return word;
    // lui rd, a place
    if (next() < 0.2) return (pick(places) & 0xffff_f000) | (word & 0xf80) | 0x37;
    const opcode = pick(opcodes);
    const isSystem = opcode === 0x73 && next() < 0.7;
    return ((isSystem ? (word & 0xf_ff80) | (pick(csrs) << 20) : word & ~0x7f) | opcode) >>> 0;
  });
  return new Uint8Array(Uint32Array.from(words).buffer);
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
