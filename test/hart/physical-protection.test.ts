import assert from 'node:assert/strict';
import { PhysicalProtection } from '../../src/hart/physical-protection.ts';
import type { HostPage, PageAccess } from '../../src/hart/translation/page-table.ts';
import type { Privilege } from '../../src/hart/trap.ts';
import { machineMode, supervisorMode } from '../../src/hart/hart-mode.ts';
import { atp, flags, op, ramBase, TestMachine } from './fixture.ts';

describe('hart/physical-protection', () => {
  let machine: TestMachine;
  let protection: PhysicalProtection;
  beforeEach(() => {
    machine = new TestMachine();
    protection = new PhysicalProtection(machine.state);
  });

  const set = (index: number, address: bigint, configuration: bigint): void => {
    machine.setCsr(`pmpaddr${index}`, address >> 2n);
    const shift = BigInt(8 * index);
    const old = machine.csr('pmpcfg0') & ~(0xffn << shift);
    machine.setCsr('pmpcfg0', old | (configuration << shift));
    protection.changed();
  };
  const allows = (address: bigint, access: PageAccess, privilege: Privilege): boolean =>
    protection.allows(Number(address >> 12n) as HostPage, access, privilege);
  const [tor, napot, locked] = [0x08n, 0x18n, 0x80n];

  it('lets everything pass at reset, by entry 0, and nothing below M mode while no entry is active', () => {
    assert.equal(machine.csr('pmpcfg0'), napot | 7n);
    for (const privilege of [0, 1, 3] as const) assert.ok(allows(0xff_ffff_ffff_f000n, 'write', privilege));
    set(0, 0n, 0n);
    for (const privilege of [0, 1, 3] as const)
      assert.equal(allows(0x8000_0000n, 'write', privilege), privilege === 3);
  });

  it('refuses modes below M what no entry matches', () => {
    set(0, 0x8000_0000n, tor | 7n);
    assert.ok(allows(0x7fff_f000n, 'write', 0));
    assert.ok(!allows(0x8000_0000n, 'read', 1));
    assert.ok(allows(0x8000_0000n, 'read', 3));
  });

  it('matches everything by the pattern that xv6 and OpenSBI use', () => {
    machine.setCsr('pmpaddr0', 0x3f_ffff_ffff_ffffn);
    machine.setCsr('pmpcfg0', napot | 7n);
    protection.changed();
    assert.ok(allows(0xffff_ffff_f000n, 'execute', 0));
  });

  it('lets the first entry that matches decide', () => {
    set(0, 0x8010_0000n | 0x7ffn, napot | 1n);
    set(1, 0x9000_0000n, tor | 7n);
    assert.ok(allows(0x8010_0000n, 'read', 0));
    assert.ok(!allows(0x8010_0000n, 'write', 0));
    assert.ok(!allows(0x8010_0000n, 'execute', 0));
    assert.ok(allows(0x8010_1000n, 'write', 0));
    assert.ok(!allows(0x800f_f000n, 'write', 0), 'a TOR range begins at the address of the entry before');
  });

  it('holds M mode to locked entries only', () => {
    set(0, 0x9000_0000n, tor | 1n);
    assert.ok(allows(0x8000_0000n, 'write', 3));
    set(0, 0x9000_0000n, tor | 1n | locked);
    assert.ok(!allows(0x8000_0000n, 'write', 3));
    assert.ok(allows(0x8000_0000n, 'read', 3));
  });

  for (const engine of ['reference', 'interpreter'] as const) {
    it(`makes access faults, of the page walk too, with engine ${engine}`, () => {
      machine = new TestMachine(engine);
      const root = machine.table();
      machine.map(root, 0x1000n, ramBase, flags.rwx);
      machine.program([op('sd', { rs1: 0, rs2: 1, imm: 0 })]);
      machine.program([op('ld', { rd: 5, rs1: 6 }), op('jal', { imm: -4 })]);
      machine.setX({ 6: 0x1800n });
      machine.setCsr('satp', atp(root));
      machine.enter(supervisorMode, 0x1000n);
      machine.hart.run(10);
      assert.equal(machine.csr('mcause'), 0n);
      // The program, but not the tables.
      machine.setCsr('pmpaddr0', 0x8010_0000n >> 2n);
      machine.setCsr('pmpcfg0', tor | 7n);
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), 1n);
      machine.setCsr('pmpaddr0', 0x9000_0000n >> 2n);
      machine.enter(supervisorMode, 0x1000n);
      machine.hart.run(2);
      assert.equal(machine.state.mode, supervisorMode);
      machine.setCsr('pmpcfg0', tor | 4n);
      machine.enter(machineMode);
      machine.enter(supervisorMode, 0x1000n);
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), 1n, 'the walk may not read its table');
    });
  }
});
