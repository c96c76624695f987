import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contextKeyWords, readContextKey } from '../../../src/hart/engine/context-key.ts';
import { createMachineMemory } from '../../../src/hart/layout.ts';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import { HartState } from '../../../src/hart/state.ts';
import { accessRegime, fetchRegime, type TranslationRegime } from '../../../src/hart/translation/regime.ts';

/** Registers with few values each, so that two of them are often the same. */
const setup = fc.record({
  mode: fc.constantFrom(
    ...([3, 1, 0] as const).map((p) => hartMode(p, false)),
    hartMode(1, true),
    hartMode(0, true),
  ),
  mpp: fc.constantFrom(0n, 1n, 3n),
  mpv: fc.boolean(),
  mprv: fc.boolean(),
  sum: fc.boolean(),
  mxr: fc.boolean(),
  guestSum: fc.boolean(),
  guestMxr: fc.boolean(),
  satp: fc.constantFrom(0n, 0x8000_0000_0008_0000n, 0x8001_0000_0008_0000n),
  vsatp: fc.constantFrom(0n, 0x8000_0000_0000_1000n),
  hgatp: fc.constantFrom(0n, 0x8000_0000_0009_0000n),
});
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

const members = [
  'mode',
  'mpp',
  'mpv',
  'mprv',
  'sum',
  'mxr',
  'guestSum',
  'guestMxr',
  'satp',
  'vsatp',
  'hgatp',
] as const;

describe('hart/engine/context-key', () => {
  const memory = createMachineMemory({ harts: 1, ramBase: 0x8000_0000, ramSize: 0x1000 });
  const state = new HartState(memory.wasm, memory.harts[0]?.stateOffset ?? 0);

  it('differs wherever translation does, and only there', () => {
    fc.assert(
      fc.property(setup, setup, fc.constantFrom(...members), (one, other, member) => {
        // Two that differ in one thing at most: where they differ in many, hardly any pair is the same.
        const second = { ...one, [member]: other[member] };
        apply(state, one);
        const [firstKey, firstRegimes] = [keyOf(state), regimesOf(state)];
        apply(state, second);
        assert.equal(firstKey === keyOf(state), firstRegimes === regimesOf(state));
      }),
      { numRuns: 5000 },
    );
  });
});

function apply(state: HartState, values: Setup): void {
  state.mode = values.mode;
  state.setCsr(
    'mstatus',
    (values.mpp << 11n) |
      bit(values.mpv, 39n) |
      bit(values.mprv, 17n) |
      bit(values.sum, 18n) |
      bit(values.mxr, 19n),
  );
  state.setCsr('vsstatus', bit(values.guestSum, 18n) | bit(values.guestMxr, 19n));
  for (const name of ['satp', 'vsatp', 'hgatp'] as const) state.setCsr(name, values[name]);
}

function bit(on: boolean, place: bigint): bigint {
  return on ? 1n << place : 0n;
}

function keyOf(state: HartState): string {
  const key = new Int32Array(contextKeyWords);
  readContextKey(state, key);
  return key.join();
}

/** What decides translation, without what has no say in the mode. */
function regimesOf(state: HartState): string {
  const fetch = relevant(fetchRegime(state));
  const access = relevant(accessRegime(state, 'normal'));
  // Fetches heed neither SUM nor MXR.
  return [...fetch.slice(0, 4), '/', ...access].join(' ');
}

function relevant(regime: TranslationRegime): readonly string[] {
  const { virtual, privilege, satp, hgatp, sum, mxr, guestMxr } = regime;
  if (privilege === 3) return ['machine'];
  const modes = [`${virtual}`, `${privilege}`, `${satp}`, `${hgatp}`];
  return [...modes, `${privilege === 1 && sum}`, `${mxr}`, `${guestMxr}`];
}
