import { exceptionNames, interrupts } from '../causes.ts';
import type { CsrField } from '../csr.ts';
import { bit, bits, readOnly } from '../csr-description.ts';
import type { TranslationScheme } from '../translation-schemes.ts';

/** mcause, scause, vscause (Priv. machine level, mcause). */
export const causeFields: readonly CsrField[] = [
  bit('Interrupt', 63, 'Was the trap an interrupt?'),
  bits('Code', 62, 0, 'Exception or interrupt code.', { rule: 'WLRL' }),
];

/** mtvec, stvec, vstvec (Priv. machine level, mtvec). */
export const trapVectorFields: readonly CsrField[] = [
  bits('BASE', 63, 2, 'Address of the trap handler, shifted right by 2.'),
  bits('MODE', 1, 0, 'Direct: all traps enter at BASE. Vectored: interrupts at BASE + 4 × code.', {
    legal: [0, 1],
    values: { 0: 'Direct', 1: 'Vectored' },
  }),
];

/** MODE of satp, vsatp and hgatp. */
export function translationModeField(schemes: readonly TranslationScheme[]): CsrField {
  return bits('MODE', 63, 60, 'Translation scheme.', {
    legal: schemes.map(({ mode }) => mode),
    legalNeeds: { 9: 'Sv48', 10: 'Sv57' },
    values: Object.fromEntries(schemes.map(({ mode, name }) => [mode, name])),
  });
}

/** menvcfg, senvcfg, henvcfg: whether the instructions on cache blocks work (Unpriv. CMO). */
export function cacheBlockFields(where: string): readonly CsrField[] {
  return [
    bits('CBIE', 5, 4, `What CBO.INVAL does ${where}.`, {
      legal: [0, 1, 3],
      values: { 0: 'Trap', 1: 'Flush', 3: 'Invalidate' },
      needs: ['Zicbom'],
    }),
    bit('CBCFE', 6, `Do CBO.CLEAN and CBO.FLUSH work ${where}?`, { needs: ['Zicbom'] }),
    bit('CBZE', 7, `Does CBO.ZERO work ${where}?`, { needs: ['Zicboz'] }),
  ];
}

/** Every exception a delegation register may hand down, by name. */
export function delegatedExceptions(writable: readonly number[]): readonly CsrField[] {
  return Object.entries({ ...exceptionNames, ...neverRaised }).map(([code, name]) =>
    bit(camelCase(name), Number(code), `Hand down: ${name}.`, {
      ...(writable.includes(Number(code)) ? {} : readOnly),
      ...(hypervisorExceptions.has(Number(code)) && { needs: ['H'] }),
    }),
  );
}

/** Priv. hypervisor, hedeleg: writable, though nothing of this machine raises them. */
const neverRaised: Readonly<Record<number, string>> = { 18: 'software check', 19: 'hardware error' };

/**
 * One field for each interrupt code in `codes`; `suffix` is P (pending), E (enable) or D (delegated). Codes outside
 * `writable` are read-only.
 */
export function interruptFields(
  suffix: 'P' | 'E' | 'D',
  codes: readonly number[],
  writable: readonly number[] = codes,
): readonly CsrField[] {
  const what = { P: 'pending', E: 'enabled', D: 'delegated' }[suffix];
  return interrupts
    .filter(({ code }) => codes.includes(code))
    .map(({ code, stem, name }) =>
      bit(`${stem}I${suffix}`, code, `Is the ${name} ${what}?`, {
        ...(writable.includes(code) ? {} : readOnly),
        ...(hypervisorInterrupts.has(code) && { needs: ['H'] }),
        ...(code === counterOverflow && { needs: ['Sscofpmf'] }),
      }),
    );
}

/** Call from VS mode, guest-page faults, virtual instruction. */
const hypervisorExceptions: ReadonlySet<number> = new Set([10, 20, 21, 22, 23]);
/** Those of VS level, and the guest external interrupt. */
const hypervisorInterrupts: ReadonlySet<number> = new Set([2, 6, 10, 12]);

const counterOverflow = 13;

/** The bit for each counter in the counter-enable registers (Priv. machine level, mcounteren). */
export function counterFields(what: string): readonly CsrField[] {
  return [
    bit('CY', 0, `cycle ${what}`),
    bit('TM', 1, `time ${what}`),
    bit('IR', 2, `instret ${what}`),
    ...hardwareCounters.map((n) => bit(`HPM${n}`, n, `hpmcounter${n} ${what}`)),
  ];
}

/** Numbers of the hardware performance-monitoring counters, 3 to 31. */
export const hardwareCounters: readonly number[] = Array.from({ length: 29 }, (_, index) => index + 3);

function camelCase(name: string): string {
  const [first = '', ...rest] = name.replace('/AMO', '').split(/[ -]/);
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
