import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import type { Guard } from '../instruction.ts';
import { operation } from '../semantics.ts';
import { hfenceGvma, hfenceVvma } from './h.ts';
import { sfenceVma } from './privileged.ts';

/**
 * Fences taken apart: orderings before and after, and invalidations between them. Here an invalidation is done at
 * once, as the whole fence is, and there is nothing to order.
 */
const instruction = describing('Svinval');

/** Priv. Svinval: allowed wherever SFENCE.VMA could be, whatever TVM and VTVM say. */
const orderingGuards: readonly Guard[] = [
  { modes: ['U'], raises: 'illegal-instruction', source: 'Priv. Svinval' },
  { modes: ['VU'], raises: 'virtual-instruction', source: 'Priv. Svinval' },
];

export const sinvalVma = instruction({
  mnemonic: 'sinval.vma',
  encoding: rType('0001011 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary: 'Drops cached translations: of address rs1 (x0: all) in space rs2 (x0: all).',
  guards: sfenceVma.guards,
  semantics: () => [operation('sfence.vma')],
});

export const sfenceWInval = instruction({
  mnemonic: 'sfence.w.inval',
  encoding: rType('0001100 00000 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Orders page-table stores before the SINVAL.VMA instructions that follow.',
  guards: orderingGuards,
  semantics: () => [operation('fence')],
});

export const sfenceInvalIr = instruction({
  mnemonic: 'sfence.inval.ir',
  encoding: rType('0001100 00001 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Orders the SINVAL.VMA instructions before it with later translations.',
  guards: orderingGuards,
  semantics: () => [operation('fence')],
});

export const hinvalVvma = instruction({
  mnemonic: 'hinval.vvma',
  encoding: rType('0010011 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary:
    "Drops cached translations by the guest kernel's page tables: of address rs1 (x0: all) in space rs2 (x0: all).",
  guards: hfenceVvma.guards,
  semantics: () => [operation('hfence.vvma')],
});

export const hinvalGvma = instruction({
  mnemonic: 'hinval.gvma',
  encoding: rType('0110011 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary:
    'Drops cached translations by second-stage page tables: of guest-physical address rs1 << 2 (x0: all) in machine rs2 (x0: all).',
  guards: hfenceGvma.guards,
  semantics: () => [operation('hfence.gvma')],
});
