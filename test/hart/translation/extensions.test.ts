import assert from 'node:assert/strict';
import type { ExtensionName } from '../../../src/isa/configuration/extensions.ts';
import { defaultIsa, isaOf } from '../../../src/isa/configuration/isa.ts';
import { regimeOf } from '../../../src/hart/translation/regime.ts';
import { atp, every, flags, ramBase, TestMachine } from '../fixture.ts';

/** A machine without some extensions. */
function without(...names: readonly ExtensionName[]): TestMachine {
  return new TestMachine('reference', {
    isa: isaOf(defaultIsa.names.filter((name) => !names.includes(name))),
  });
}

function reads(machine: TestMachine, leaf: bigint): boolean {
  const root = machine.table();
  machine.write(machine.map(root, 0n, ramBase, 0), leaf);
  machine.setCsr('menvcfg', every);
  machine.setCsr('satp', atp(root));
  const regime = regimeOf(machine.state, false, 1);
  return (
    typeof machine.hart.walker.walk({ address: 0n, access: 'read', regime, effects: 'none' }) === 'number'
  );
}

const page = (BigInt(ramBase >>> 12) << 10n) | BigInt(flags.rwx);
const contiguous = page | (8n << 10n) | (1n << 63n);
const notCached = page | (1n << 61n);
const unused = page & ~0xc0n;

describe('hart/translation without', () => {
  it('Sv57: kernels find Sv48, and without that Sv39', () => {
    for (const [machine, widest] of [
      [without(), 10n],
      [without('Sv57'), 9n],
      [without('Sv57', 'Sv48'), 8n],
    ] as const) {
      for (const name of ['satp', 'vsatp', 'hgatp']) {
        for (const mode of [8n, 9n, 10n]) {
          machine.setCsr(name, 0n);
          machine.setCsr(name, mode << 60n);
          assert.equal(machine.csr(name) >> 60n, mode <= widest ? mode : 0n, `${name} ${mode}`);
        }
      }
    }
  });

  it('Svnapot, Svpbmt and Svadu: their bits are reserved, and A and D fault while they are 0', () => {
    for (const [name, leaf] of [
      ['Svnapot', contiguous],
      ['Svpbmt', notCached],
      ['Svadu', unused],
    ] as const) {
      assert.ok(reads(without(), leaf), name);
      assert.ok(!reads(without(name), leaf), name);
      assert.ok(reads(without(name), page), name);
    }
  });
});
