import { describing } from '../description.ts';
import { iType, sType } from '../formats.ts';
import type { Guard } from '../instruction.ts';
import { operation } from '../semantics.ts';

const management = describing('Zicbom');
const zeroing = describing('Zicboz');
const prefetching = describing('Zicbop');

export const cboInval = management({
  mnemonic: 'cbo.inval',
  encoding: iType('000000000000 ..... 010 00000 0001111'),
  syntax: '({rs1})',
  summary: 'Invalidates the copies of a cache block of 64 bytes; there are none here.',
  guards: enabledBy('CBIE'),
  semantics: () => [operation('cbo.manage')],
});

export const cboClean = management({
  mnemonic: 'cbo.clean',
  encoding: iType('000000000001 ..... 010 00000 0001111'),
  syntax: '({rs1})',
  summary: 'Writes a changed cache block of 64 bytes to memory; there is none here.',
  guards: enabledBy('CBCFE'),
  semantics: () => [operation('cbo.manage')],
});

export const cboFlush = management({
  mnemonic: 'cbo.flush',
  encoding: iType('000000000010 ..... 010 00000 0001111'),
  syntax: '({rs1})',
  summary: 'Writes a cache block of 64 bytes to memory and invalidates its copies; there are none here.',
  guards: enabledBy('CBCFE'),
  semantics: () => [operation('cbo.manage')],
});

export const cboZero = zeroing({
  mnemonic: 'cbo.zero',
  encoding: iType('000000000100 ..... 010 00000 0001111'),
  syntax: '({rs1})',
  summary: 'Stores zeros to the aligned block of 64 bytes around an address.',
  guards: enabledBy('CBZE'),
  semantics: () => [operation('cbo.zero')],
});

export const prefetchI = prefetching({
  mnemonic: 'prefetch.i',
  encoding: sType('....... 00000 ..... 110 00000 0010011'),
  syntax: '{imm}({rs1})',
  summary: 'A hint that code of a cache block will run soon; does nothing.',
  semantics: () => [],
});

export const prefetchR = prefetching({
  mnemonic: 'prefetch.r',
  encoding: sType('....... 00001 ..... 110 00000 0010011'),
  syntax: '{imm}({rs1})',
  summary: 'A hint that a cache block will be read soon; does nothing.',
  semantics: () => [],
});

export const prefetchW = prefetching({
  mnemonic: 'prefetch.w',
  encoding: sType('....... 00011 ..... 110 00000 0010011'),
  syntax: '{imm}({rs1})',
  summary: 'A hint that a cache block will be written soon; does nothing.',
  semantics: () => [],
});

/** Priv. machine level, menvcfg, and CMO: senvcfg counts in U mode and VU mode, henvcfg in a guest. */
function enabledBy(field: string): readonly Guard[] {
  const source = 'Priv. machine level, menvcfg';
  const guard = (modes: Guard['modes'], register: string, raises: Guard['raises']): Guard => ({
    modes,
    field: `${register}.${field}`,
    equals: 0,
    raises,
    source,
  });
  return [
    guard(['HS', 'U', 'VS', 'VU'], 'menvcfg', 'illegal-instruction'),
    guard(['U'], 'senvcfg', 'illegal-instruction'),
    guard(['VS', 'VU'], 'henvcfg', 'virtual-instruction'),
    guard(['VU'], 'senvcfg', 'virtual-instruction'),
  ];
}
