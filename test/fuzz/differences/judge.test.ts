import assert from 'node:assert/strict';
import { explain, tolerate } from './judge.ts';
import type { Parting, TrapPair } from './traps.ts';

const mpv = 1n << 39n;
/** csrrsi ra,sie,6 in VS mode, then the end. */
const parting = (change: {
  readonly mstatus?: bigint;
  readonly theirs?: bigint;
  readonly overwritten?: boolean;
}): Parting => {
  const csrs: Readonly<Record<string, bigint>> = { mstatus: change.mstatus ?? mpv, mideleg: 0x444n };
  const trap = { level: 'M', cause: 2n, epc: 0x8010_5058n, value: 0n, instruction: 0n } as const;
  return {
    mnemonic: 'csrrsi',
    word: 0x1043_60f3,
    overwritten: change.overwritten ?? false,
    ours: trap,
    theirs: trap,
    taken: [trap],
    read: (csr) => csrs[csr] ?? 0n,
    values: [{ what: 'x1', ours: 0x202n, theirs: change.theirs ?? 0n }],
  };
};

/** csrrc s4,sstatus,s10 in VS mode. */
const cleared = (vsstatus: readonly [bigint, bigint], sstatus: readonly [bigint, bigint]): Parting => ({
  ...parting({}),
  mnemonic: 'csrrc',
  values: [
    { what: 'x20', ours: sstatus[0], theirs: sstatus[1] },
    { what: 'vsstatus', ours: vsstatus[0], theirs: vsstatus[1] },
  ],
});

/** A store of M mode, with MPRV or not. */
const fault = (mstatus: bigint, satp: bigint): TrapPair => {
  const read =
    (mcause: bigint) =>
    (csr: string): bigint =>
      ({ mstatus, satp, mcause })[csr] ?? 0n;
  return { ours: read(15n), theirs: read(7n), level: 'M', word: undefined };
};

describe('fuzz/differences/judge', () => {
  it('knows that mideleg hides interrupts of a guest in QEMU, and only there', () => {
    assert.equal(explain(parting({}))?.id, 'guest-interrupts-by-mideleg');
    assert.equal(explain(parting({ theirs: 2n })), undefined);
    assert.equal(explain(parting({ mstatus: 0n })), undefined);
  });

  it('knows of code that a store changed', () => {
    assert.equal(explain(parting({ theirs: 2n, overwritten: true }))?.id, 'code-changed-without-fence');
  });

  it('knows what CSRRC leaves of an FS that only ours made Dirty', () => {
    const read = [(1n << 63n) | 0x6100n, 0x2100n] as const;
    assert.equal(explain(cleared([0x4000n, 0n], read))?.id, 'flags-not-dirty');
    assert.equal(explain(cleared([0x4002n, 0n], read)), undefined);
    assert.equal(explain(cleared([0x4000n, 0n], [0x2100n, 0x6100n])), undefined);
  });

  it('knows that QEMU looks at satp for the faults of a guest’s addresses', () => {
    const mprv = 1n << 17n;
    assert.equal(tolerate('mcause', fault(mprv, 0n))?.id, 'faults-by-satp');
    assert.equal(tolerate('mcause', fault(0n, 0n)), undefined);
    assert.equal(tolerate('mcause', fault(mprv, 8n << 60n)), undefined);
  });
});
