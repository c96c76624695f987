import { exceptionNames } from '../../isa/causes.ts';
import { decode } from '../../isa/decode.ts';
import { disassemble, disassembleData } from '../../isa/disassemble.ts';
import type { ExitRecord } from './record.ts';

/** `0x…`, without leading zeros: registers and values in texts about exits. */
export function formatBits(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** Text of the instruction at which the guest exited; empty where none is known. */
export function disassembleWord(record: ExitRecord): string {
  const { instruction } = record;
  if (instruction === undefined) return '';
  const decoded = decode(instruction.word);
  if (decoded === undefined) return disassembleData(instruction.word, instruction.length);
  return disassemble(decoded, { pc: record.pc });
}

/** The sentence for an exception given to the guest, after a reason without its full stop. */
export function describeInjection(record: ExitRecord, why: string): string {
  const { injected } = record;
  if (injected === undefined) return `${why}: the guest gets an exception.`;
  return `${why}: the guest gets exception ${injected.code} (${exceptionNames[injected.code]}) in VS mode, with vsepc = ${formatBits(record.pc)} and vstval = ${formatBits(injected.tval)}, and goes on at its vstvec.`;
}
