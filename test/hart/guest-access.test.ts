import assert from 'node:assert/strict';
import {
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
} from '../../src/hart/hart-mode.ts';
import { pteBit } from '../../src/hart/translation/page-table.ts';
import { atp, deviceBase, every, flags, op, plain, ramBase, TestMachine } from './fixture.ts';

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/virtual-memory of a guest with engine ${engine}`, () => {
    let machine: TestMachine;
    let gRoot: number;
    beforeEach(() => {
      machine = new TestMachine(engine);
      gRoot = machine.table();
      machine.map(gRoot, 0x1000n, ramBase, flags.urwx);
      machine.setCsr('hgatp', atp(gRoot, { id: 1n }));
      machine.setCsr('medeleg', every);
      machine.setCsr('stvec', 0x8002_0000n);
      machine.program([op('jal')], 0x8002_0000);
    });

    it('leaves with the guest-physical address and the transformed instruction', () => {
      machine.setX({ 1: BigInt(deviceBase) });
      const store = op('sb', { rs1: 1, rs2: 2, imm: 5 });
      runGuest(machine, [store]);
      assert.deepEqual(exit(machine), {
        scause: 23n,
        stval: BigInt(deviceBase) + 5n,
        htval: (BigInt(deviceBase) + 5n) >> 2n,
        htinst: plain(op('sb', { rs2: 2 })),
        gva: 1n,
        spv: 1n,
      });
    });

    it('tells a load in a compressed instruction', () => {
      machine.setX({ 9: BigInt(deviceBase) });
      runGuest(machine, [op('c.lw', { rd: 8, rs1: 9, imm: 4 })]);
      const { scause, htinst } = exit(machine);
      assert.deepEqual([scause, htinst], [21n, plain(op('lw', { rd: 8 })) & ~2n]);
    });

    it('tells an access of the page walk by a pseudoinstruction', () => {
      machine.setCsr('vsatp', atp(0x9000));
      machine.enter(virtualSupervisorMode, 0x40_0000n);
      machine.hart.run(1);
      assert.deepEqual(exit(machine), {
        scause: 20n,
        stval: 0x40_0000n,
        htval: 0x9000n >> 2n,
        htinst: 0x3000n,
        gva: 1n,
        spv: 1n,
      });
    });

    it('tells where in a misaligned access the second page faults', () => {
      machine.map(gRoot, 0x2000n, 0x8001_0000, flags.urwx);
      machine.setX({ 1: 0x2ffdn });
      runGuest(machine, [op('ld', { rd: 3, rs1: 1 })]);
      const { stval, htval, htinst } = exit(machine);
      assert.deepEqual([stval, htval, htinst], [0x3000n, 0x3000n >> 2n, plain(op('ld', { rd: 3, rs1: 3 }))]);
    });

    it('is what HLV and HSV access, with the rights of SPVP', () => {
      const vsRoot = machine.table();
      machine.map(vsRoot, 0x7000n, 0x2000, flags.urwx);
      for (let table = vsRoot; table < vsRoot + 0x1_0000; table += 0x1000) {
        machine.map(gRoot, BigInt(table), table, flags.urwx);
      }
      machine.map(gRoot, 0x2000n, 0x8001_0000, flags.urwx);
      machine.write(0x8001_0000, 0x1234n);
      machine.setCsr('vsatp', atp(vsRoot));
      machine.setX({ 1: 0x7000n, 2: 0x99n });
      const hlv = (hstatus: bigint): void => {
        machine.program([op('hlv.d', { rd: 3, rs1: 1 }), op('hsv.b', { rs1: 1, rs2: 2 })]);
        machine.setCsr('hstatus', hstatus);
        machine.enter(supervisorMode);
        machine.hart.run(2);
      };
      hlv(0n);
      assert.equal(machine.state.getX(3), 0x1234n);
      assert.equal(machine.read(0x8001_0000), 0x1299n);
      machine.setX({ 3: 0n });
      // As VS mode, a user page needs vsstatus.SUM; sstatus.SUM has no say.
      machine.setCsr('sstatus', 1n << 18n);
      hlv(1n << 8n);
      assert.equal(machine.csr('scause'), 13n);
      assert.deepEqual(
        [(machine.csr('hstatus') >> 6n) & 3n, machine.csr('htinst')],
        [1n, plain(op('hlv.d', { rd: 3 }))],
        'GVA, but not SPV',
      );
      machine.setCsr('vsstatus', 1n << 18n);
      hlv(1n << 8n);
      assert.equal(machine.state.getX(3), 0x1299n);
    });

    it('has A bits of its own tables set as henvcfg says, and those of the second stage as menvcfg says, by HLV, too', () => {
      const [vsRoot, fresh] = [machine.table(), flags.urwx & ~pteBit.accessed];
      machine.map(vsRoot, 0x7000n, 0x2000, fresh);
      machine.map(vsRoot, 0x8000n, 0x3000, flags.urwx);
      for (let table = vsRoot; table < vsRoot + 0x1_0000; table += 0x1000) {
        machine.map(gRoot, BigInt(table), table, flags.urwx);
      }
      machine.map(gRoot, 0x2000n, 0x8001_0000, flags.urwx);
      machine.map(gRoot, 0x3000n, 0x8001_0000, fresh);
      machine.write(0x8001_0000, 0x1234n);
      machine.setCsr('vsatp', atp(vsRoot));
      const loads = (address: bigint, [menvcfg, henvcfg]: readonly [bigint, bigint]): bigint => {
        machine.setCsr('menvcfg', menvcfg << 61n);
        machine.setCsr('henvcfg', henvcfg << 61n);
        machine.setX({ 1: address, 3: 0n });
        machine.setCsr('scause', 0n);
        machine.program([op('hlv.d', { rd: 3, rs1: 1 })]);
        machine.setCsr('hstatus', 0n);
        machine.enter(supervisorMode);
        machine.hart.run(1);
        return machine.csr('scause') || machine.state.getX(3);
      };
      assert.equal(loads(0x7000n, [1n, 0n]), 13n, 'a page fault');
      assert.equal(loads(0x7000n, [1n, 1n]), 0x1234n);
      assert.equal(loads(0x8000n, [0n, 0n]), 21n, 'a guest-page fault');
      assert.equal(loads(0x8000n, [1n, 0n]), 0x1234n);
    });

    it('sees its own memory from SRET to the next exit, and HS mode its own again', () => {
      const shared = 0x8001_0000;
      machine.map(gRoot, BigInt(shared), 0x8003_0000, flags.urwx);
      machine.write(shared, 1n);
      machine.write(0x8003_0000, 2n);
      machine.setX({ 1: BigInt(shared) });
      machine.setCsr('hstatus', 1n << 7n);
      machine.setCsr('sstatus', 1n << 8n);
      machine.setCsr('sepc', 0x1100n);
      machine.setCsr('stvec', BigInt(ramBase) + 0x200n);
      machine.program([op('ld', { rd: 3, rs1: 1 }), op('sret')]);
      machine.program([op('ld', { rd: 4, rs1: 1 }), op('ecall')], ramBase + 0x100);
      machine.program([op('ld', { rd: 5, rs1: 1 })], ramBase + 0x200);
      machine.enter(supervisorMode);
      machine.hart.run(5);
      assert.deepEqual(
        [3, 4, 5].map((index) => machine.state.getX(index)),
        [1n, 2n, 1n],
      );
    });

    it('keeps its translations apart from those of HS mode', () => {
      machine.write(0x8000_0800, 0x55n);
      machine.setX({ 1: 0x1800n });
      runGuest(machine, [op('ld', { rd: 3, rs1: 1 })], virtualUserMode);
      assert.equal(machine.state.getX(3), 0x55n);
      machine.setCsr('medeleg', 0n);
      machine.program([op('ld', { rd: 3, rs1: 1 })]);
      machine.enter(userMode, BigInt(ramBase));
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), 5n, 'nothing answers at host-physical 0x1800');
    });
  });
}

function runGuest(machine: TestMachine, instructions: readonly number[], mode = virtualSupervisorMode): void {
  machine.program(instructions);
  machine.enter(mode, 0x1000n);
  machine.hart.run(instructions.length);
}

function exit(machine: TestMachine): Record<string, bigint> {
  assert.equal(machine.state.mode, supervisorMode);
  const names = ['scause', 'stval', 'htval', 'htinst'];
  return {
    ...Object.fromEntries(names.map((name) => [name, machine.csr(name)])),
    gva: (machine.csr('hstatus') >> 6n) & 1n,
    spv: (machine.csr('hstatus') >> 7n) & 1n,
  };
}
