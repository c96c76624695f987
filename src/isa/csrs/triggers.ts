import { bit, bits, csr, readOnly } from '../csr-description.ts';

/** Triggers of this machine. */
export const triggerCount = 4;

export const tselect = csr({
  name: 'tselect',
  address: 0x7a0,
  needs: ['Sdtrig'],
  summary: 'Number of the trigger that tdata1 to tdata3 and tinfo are about.',
  source: 'Debug. Sdtrig, tselect',
  fields: [
    bits('index', 63, 0, 'The trigger.', {
      legal: Array.from({ length: triggerCount }, (_, index) => index),
    }),
  ],
});

/** Which bits of `data` there are, and what they take, depends on the type: see `legalTriggerData`. */
export const tdata1 = csr({
  name: 'tdata1',
  address: 0x7a1,
  needs: ['Sdtrig'],
  summary: 'What the selected trigger is, in which modes it is on, and what it waits for.',
  source: 'Debug. Sdtrig, tdata1',
  reset: 15n << 60n,
  fields: [
    bits('type', 63, 60, 'What it waits for.', {
      values: { 3: 'icount', 4: 'itrigger', 5: 'etrigger', 6: 'mcontrol6', 15: 'disabled' },
    }),
    bit('dmode', 59, 'Is it the external debugger’s? There is none.', readOnly),
    bits('data', 58, 0, 'By type; actions are 0, breakpoint exceptions.'),
  ],
});

export const tdata2 = csr({
  name: 'tdata2',
  address: 0x7a2,
  needs: ['Sdtrig'],
  summary: 'The address that the selected trigger compares with, or the causes of traps, a bit for each.',
  source: 'Debug. Sdtrig, tdata2',
});

export const tdata3 = csr({
  name: 'tdata3',
  address: 0x7a3,
  needs: ['Sdtrig'],
  summary: 'The address space and the virtual machine to which the selected trigger is limited (textra64).',
  source: 'Debug. Sdtrig, textra64',
  fields: [
    bits('mhvalue', 63, 51, 'VMID, but for its lowest bit.', { needs: ['H'] }),
    bits('mhselect', 50, 48, 'Only while hgatp.VMID is mhvalue, with bit 2 of this as its lowest bit?', {
      legal: [0, 2, 6],
      values: { 0: 'any', 2: 'VMID', 6: 'VMID' },
      needs: ['H'],
    }),
    bits('svalue', 17, 2, 'ASID.'),
    bits('sselect', 1, 0, 'Only while ASID of satp, or of vsatp in a guest, is svalue?', {
      legal: [0, 2],
      values: { 0: 'any', 2: 'ASID' },
    }),
  ],
});

export const tinfo = csr({
  name: 'tinfo',
  address: 0x7a4,
  needs: ['Sdtrig'],
  summary: 'Types that the selected trigger can have, a bit for each, and the version of the specification.',
  source: 'Debug. Sdtrig, tinfo',
  reset: (1n << 24n) | (1n << 15n) | 0x78n,
  fields: [
    bits('version', 31, 24, 'Version of Sdtrig.', { ...readOnly, values: { 1: '1.0' } }),
    bits('info', 15, 0, 'Types.', readOnly),
  ],
});

export const tcontrol = csr({
  name: 'tcontrol',
  address: 0x7a5,
  needs: ['Sdtrig'],
  summary: 'Whether triggers fire in M mode, where they could interrupt a handler that is not ready for it.',
  source: 'Debug. Sdtrig, tcontrol',
  fields: [
    bit('mte', 3, 'Do triggers fire in M mode? A trap into M mode clears it, MRET restores it.'),
    bit('mpte', 7, 'mte before the trap into M mode.'),
  ],
});
