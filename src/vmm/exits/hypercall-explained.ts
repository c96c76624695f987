import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';
import type { ExitHypercall } from './recorded-hypercall.ts';
import { describeInjection, formatBits } from './words.ts';

/** Hypercalls in words. */
export function explainHypercall(record: ExitRecord): Explanation {
  const call = record.hypercall;
  if (call === undefined) return { decode: '', find: '', act: '' };
  return { decode: decodeText(call), find: findText(call), act: actText(record, call) };
}

/** The call as a function of the SBI: `sbi_set_timer(stime_value = 0x1000)`. */
export function describeCall(call: ExitHypercall): string {
  if (call.function === undefined)
    return `a7 = ${formatBits(call.extensionId)}, a6 = ${formatBits(call.functionId)}`;
  const parameters = call.function.parameters.map(
    (name, index) => `${name} = ${formatBits(call.arguments[index] ?? 0n)}`,
  );
  return `${call.function.name}(${parameters.join(', ')})`;
}

function decodeText(call: ExitHypercall): string {
  return `The guest's kernel executed ECALL with a7 = ${formatBits(call.extensionId)} (SBI extension) and a6 = ${formatBits(call.functionId)} (function).`;
}

function findText(call: ExitHypercall): string {
  if (call.function === undefined) return 'The SBI has no such function here.';
  return `${describeCall(call)} of the ${call.extension?.name} extension. ${call.function.summary}`;
}

function actText(record: ExitRecord, call: ExitHypercall): string {
  if (record.injected) return describeInjection(record, 'The call named memory that the guest cannot read');
  if (record.reason === 'shutdown') return `Guest ${record.guest} is powered off.`;
  if (record.reason === 'reset') return `Guest ${record.guest} starts again as from power-on.`;
  const [error, value] = call.results;
  if (error === undefined) {
    return record.isActed ? 'The call does not return.' : 'The VMM does what the call asks for.';
  }
  const signed = BigInt.asIntN(64, error);
  return value === undefined
    ? `The call returns ${signed} in a0.`
    : `The call returns ${signed === 0n ? 'success' : `error ${signed}`} in a0 and ${formatBits(value)} in a1.`;
}
