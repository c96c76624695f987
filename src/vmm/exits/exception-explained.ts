import { exceptionNames } from '../../isa/causes.ts';
import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';
import { describeInjection } from './words.ts';

/** Intercepted exceptions in words. */
export function explainException(record: ExitRecord): Explanation {
  return {
    decode: `The guest's ${record.from} executed ${record.instructionText}: ${exceptionNames[record.cause]}.`,
    find: `The guest's own kernel handles this; the VMM saw it first because hedeleg bit ${record.cause} is clear.`,
    act: describeInjection(record, 'The VMM passes it on'),
  };
}
