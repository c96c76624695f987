import { bit, bits, csr } from '../csr-description.ts';
import { floatingPointGuards } from '../floating-point-guards.ts';
import { roundingModeNames } from '../rounding-modes.ts';

const flags = [
  bit('NX', 0, 'Inexact: a result had to be rounded.'),
  bit('UF', 1, 'Underflow: a rounded result was tiny, and inexact.'),
  bit('OF', 2, 'Overflow: a rounded result was too large.'),
  bit('DZ', 3, 'Divide by zero: a finite number was divided by zero.'),
  bit('NV', 4, 'Invalid operation: the result is no number, or does not fit an integer.'),
];

/** A mode that no name stands for is kept; instructions that round by frm are illegal then. */
const modes = { values: Object.fromEntries(roundingModeNames.entries()) };

export const fflags = csr({
  name: 'fflags',
  address: 0x001,
  summary: 'Accrued exceptions of floating point: the low bits of fcsr.',
  needs: ['F'],
  source: 'Unpriv. F, floating-point control and status register',
  fields: flags,
  viewOf: { register: 'fcsr', mask: 0x1fn },
  guards: floatingPointGuards,
});

export const frm = csr({
  name: 'frm',
  address: 0x002,
  summary: 'Dynamic rounding mode of floating point: the high bits of fcsr.',
  needs: ['F'],
  source: 'Unpriv. F, floating-point control and status register',
  fields: [bits('mode', 2, 0, 'How instructions round that leave it open.', modes)],
  viewOf: { register: 'fcsr', mask: 0xe0n, shift: 5 },
  guards: floatingPointGuards,
});

export const fcsr = csr({
  name: 'fcsr',
  address: 0x003,
  summary: 'Rounding mode and accrued exceptions of floating point.',
  needs: ['F'],
  source: 'Unpriv. F, floating-point control and status register',
  fields: [...flags, bits('frm', 7, 5, 'How instructions round that leave it open.', modes)],
  guards: floatingPointGuards,
});
