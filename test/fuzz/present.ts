import { decode } from '../../src/isa/decode.ts';
import { disassemble } from '../../src/isa/disassemble.ts';
import { codeBytes, offsets, type FuzzCase } from './case.ts';
import { countSlot } from './log.ts';
import type { Located } from './locate.ts';

/** A difference for a person: the code, what it met, and what the two machines made of it. */
export function presentDifference(
  { original, fuzzCase, mismatch }: Located,
  csrs: readonly string[],
): string {
  const traps = Math.max(mismatch.ours?.traps.length ?? 0, mismatch.theirs?.traps.length ?? 0);
  return [
    `seed ${original.seed}, ${fuzzCase.mode} mode, code at ${hex(fuzzCase.codeVirtual)} (physical ${hex(BigInt(fuzzCase.codePhysical))})`,
    ...presentCode(fuzzCase).map((line) => `  ${line}`),
    `  with ${[...fuzzCase.csrs]
      .filter(([name]) => /^(mstatus|vsstatus|hstatus|satp|vsatp|hgatp|m?.?.?deleg|mie|mip|hvip)$/.test(name))
      .map(([name, value]) => `${name} ${hex(value)}`)
      .join(', ')}`,
    `  at ${mismatch.trap === traps ? 'the end, in memory' : `trap ${mismatch.trap + 1} of ${mismatch.ours?.traps.length ?? 0} (ours), ${mismatch.theirs?.traps.length ?? 0} (QEMU's)`}:`,
    ...(mismatch.ours?.traps ?? [])
      .slice(0, mismatch.trap + 1)
      .map((record) => `    ours   ${presentTrap(record, csrs)}`),
    ...(mismatch.theirs?.traps ?? [])
      .slice(0, mismatch.trap + 1)
      .map((record) => `    QEMU's ${presentTrap(record, csrs)}`),
    ...mismatch.values
      .slice(0, 14)
      .map(({ what, ours, theirs }) => `    ${what.padEnd(10)} ours ${hex(ours)}  QEMU's ${hex(theirs)}`),
  ].join('\n');
}

const trapCsrs = ['mcause', 'mepc', 'mtval', 'scause', 'sepc', 'stval', 'vscause', 'vsepc', 'vstval'];

function presentTrap(record: BigUint64Array, csrs: readonly string[]): string {
  return trapCsrs.map((name) => `${name} ${hex(record[countSlot + 1 + csrs.indexOf(name)])}`).join(' ');
}

/** The code of a case, disassembled. */
export function presentCode(fuzzCase: FuzzCase): readonly string[] {
  const { slots, limit = slots.length } = fuzzCase;
  const starts = offsets(slots);
  const { length } = codeBytes(fuzzCase);
  return slots.slice(0, limit).flatMap((slot, index) => {
    if (slot.mnemonic === 'nop' || slot.mnemonic === 'c.nop') return [];
    const offset = starts[index] ?? length;
    const decoded = decode(slot.word);
    const address = fuzzCase.codeVirtual + BigInt(offset);
    const text = decoded ? disassemble(decoded, { pc: address }) : 'illegal';
    const registers = decoded
      ? [...new Set([decoded.rs1, decoded.rs2])]
          .filter((register) => register !== 0)
          .map((register) => `x${register} at first ${hex(fuzzCase.x[register])}`)
          .join(', ')
      : '';
    return [
      `${hex(address)}: ${slot.word
        .toString(16)
        .padStart(2 * slot.length, '0')
        .padEnd(8)}  ${text}  ${registers && `# ${registers}`}`,
    ];
  });
}

const hex = (value: bigint | undefined): string =>
  value === undefined ? 'nothing' : `0x${value.toString(16)}`;
