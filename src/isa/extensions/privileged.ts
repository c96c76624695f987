import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import { operation } from '../semantics.ts';

const instruction = describing('Privileged');

export const mret = instruction({
  mnemonic: 'mret',
  encoding: rType('0011000 00010 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Returns from a trap handler in M mode: to mepc, in the mode of mstatus.MPP and MPV.',
  guards: [
    {
      modes: ['HS', 'U', 'VS', 'VU'],
      raises: 'illegal-instruction',
      source: 'Priv. machine level, trap-return instructions',
    },
  ],
  semantics: () => [operation('mret')],
});

export const sret = instruction({
  mnemonic: 'sret',
  encoding: rType('0001000 00010 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Returns from a trap handler in S mode: to sepc, in the mode of sstatus.SPP (and hstatus.SPV).',
  guards: [
    { modes: ['U'], raises: 'illegal-instruction', source: 'Priv. machine level, trap-return instructions' },
    {
      modes: ['HS'],
      field: 'mstatus.TSR',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mstatus.TSR',
    },
    { modes: ['VU'], raises: 'virtual-instruction', source: 'Priv. hypervisor, trap cause codes' },
    {
      modes: ['VS'],
      field: 'hstatus.VTSR',
      equals: 1,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, hstatus',
    },
  ],
  semantics: () => [operation('sret')],
});

/** "Within a bounded time" (Priv. machine level, wait for interrupt) is no time here: where a limit applies, WFI traps at once. */
export const wfi = instruction({
  mnemonic: 'wfi',
  encoding: rType('0001000 00101 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Waits until an interrupt that is enabled in mie is pending.',
  guards: [
    { modes: ['U'], raises: 'illegal-instruction', source: 'Priv. machine level, wait for interrupt' },
    {
      modes: ['HS', 'VS', 'VU'],
      field: 'mstatus.TW',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mstatus.TW',
    },
    { modes: ['VU'], raises: 'virtual-instruction', source: 'Priv. hypervisor, trap cause codes' },
    {
      modes: ['VS'],
      field: 'hstatus.VTW',
      equals: 1,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, hstatus',
    },
  ],
  semantics: () => [operation('wfi')],
});

export const sfenceVma = instruction({
  mnemonic: 'sfence.vma',
  encoding: rType('0001001 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary:
    'Orders page-table stores before later translations: of address rs1 (x0: all) in space rs2 (x0: all).',
  guards: [
    {
      modes: ['U'],
      raises: 'illegal-instruction',
      source: 'Priv. supervisor level, memory-management fence',
    },
    {
      modes: ['HS'],
      field: 'mstatus.TVM',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mstatus.TVM',
    },
    { modes: ['VU'], raises: 'virtual-instruction', source: 'Priv. hypervisor, trap cause codes' },
    {
      modes: ['VS'],
      field: 'hstatus.VTVM',
      equals: 1,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, hstatus',
    },
  ],
  semantics: () => [operation('sfence.vma')],
});
