import assert from 'node:assert/strict';
import { pteBit } from '../../src/hart/translation/page-table.ts';
import { machineMode, supervisorMode } from '../../src/hart/hart-mode.ts';
import { permissiveOptions } from '../../src/hart/translation/regime.ts';
import { atp, deviceBase, every, flags, op, plain, ramBase, ramSize, TestMachine } from './fixture.ts';

const { write, dirty } = pteBit;
/** Where the tests map their program, and their data. */
const code = 0x40_0000n;
const data = 0x50_0000n;
const dataFrames = [0x8001_0000, 0x8003_0000] as const;

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/virtual-memory with engine ${engine}`, () => {
    let machine: TestMachine;
    let root: number;
    beforeEach(() => {
      machine = new TestMachine(engine);
      root = machine.table();
      machine.map(root, code, ramBase, flags.rwx);
      machine.map(root, code + 0x1000n, 0x8002_0000, flags.rwx);
      machine.map(root, data, dataFrames[0], flags.rwx);
      machine.map(root, data + 0x1000n, dataFrames[1], flags.rwx);
      machine.setCsr('satp', atp(root));
    });

    const run = (instructions: readonly number[], at = code): void => {
      const first = machine.hart.walker.walk({
        address: at,
        access: 'any',
        regime: {
          virtual: false,
          privilege: 1,
          satp: atp(root),
          hgatp: 0n,
          sum: false,
          mxr: false,
          guestMxr: false,
          options: permissiveOptions,
          guestOptions: permissiveOptions,
        },
        effects: 'none',
      });
      assert.ok(typeof first === 'number');
      machine.program(instructions, first * 4096 + Number(at & 0xfffn));
      machine.enter(supervisorMode, at);
      machine.hart.run(instructions.length);
    };
    const trapped = (): { code: bigint; tval: bigint; tinst: bigint } => {
      assert.equal(machine.state.mode, machineMode, 'a trap was taken');
      return { code: machine.csr('mcause'), tval: machine.csr('mtval'), tinst: machine.csr('mtinst') };
    };

    it('loads and stores every size, extended as the instruction says', () => {
      machine.setX({ 1: data, 2: 0xf1f2_f3f4_f5f6_f7f8n });
      run([
        op('sd', { rs1: 1, rs2: 2, imm: 8 }),
        op('lb', { rd: 3, rs1: 1, imm: 8 }),
        op('lhu', { rd: 4, rs1: 1, imm: 8 }),
        op('lw', { rd: 5, rs1: 1, imm: 12 }),
        op('sb', { rs1: 1, rs2: 0, imm: 15 }),
        op('ld', { rd: 6, rs1: 1, imm: 8 }),
      ]);
      assert.equal(machine.state.getX(3), 0xffff_ffff_ffff_fff8n);
      assert.equal(machine.state.getX(4), 0xf7f8n);
      assert.equal(machine.state.getX(5), 0xffff_ffff_f1f2_f3f4n);
      assert.equal(machine.state.getX(6), 0x00f2_f3f4_f5f6_f7f8n);
    });

    it('splits a misaligned access between two pages that lie apart', () => {
      machine.setX({ 1: data + 0xffdn, 2: 0x1122_3344_5566_7788n });
      run([op('sd', { rs1: 1, rs2: 2 }), op('ld', { rd: 3, rs1: 1 }), op('lw', { rd: 4, rs1: 1, imm: 1 })]);
      assert.equal(machine.state.getX(3), 0x1122_3344_5566_7788n);
      assert.equal(machine.state.getX(4), 0x4455_6677n);
      assert.equal(machine.read(dataFrames[0] + 0xff8), 0x66_7788n << 40n);
      assert.equal(machine.read(dataFrames[1]), 0x11_2233_4455n);
    });

    it('names the page that faults of the two, and stores nothing of the other', () => {
      machine.map(root, data + 0x1000n, dataFrames[1], flags.rwx & ~write);
      machine.setX({ 1: data + 0xffdn, 2: every });
      run([op('sd', { rs1: 1, rs2: 2 })]);
      assert.deepEqual(trapped(), {
        code: 15n,
        tval: data + 0x1000n,
        tinst: plain(op('sd', { rs2: 2, rs1: 3 })),
      });
      assert.equal(machine.read(dataFrames[0] + 0xff8), 0n);
    });

    it('fetches an instruction that crosses into another page, and names that where it faults', () => {
      const at = code + 0xffen;
      machine.program([op('addi', { rd: 1, rs1: 0, imm: 77 }) & 0xffff], ramBase + 0xffe);
      machine.physical.store(0x8002_0000, 2, BigInt(op('addi', { rd: 1, rs1: 0, imm: 77 }) >>> 16));
      machine.enter(supervisorMode, at);
      machine.hart.run(1);
      assert.equal(machine.state.getX(1), 77n);
      assert.equal(machine.state.pc, code + 0x1002n);
      machine.map(root, code + 0x1000n, 0, 0);
      machine.hart.fence({ kind: 'all' });
      machine.enter(supervisorMode, at);
      machine.hart.run(1);
      assert.deepEqual(trapped(), { code: 12n, tval: code + 0x1000n, tinst: 0n });
      assert.equal(machine.csr('mepc'), at);
    });

    it('reaches devices, and makes an access fault where nothing answers or an access is misaligned', () => {
      machine.map(root, data + 0x2000n, deviceBase, flags.rwx);
      machine.map(root, data + 0x3000n, deviceBase + 0x1000, flags.rwx);
      machine.setX({ 1: data + 0x2000n, 2: 0xabcdn });
      run([op('sh', { rs1: 1, rs2: 2, imm: 4 }), op('lhu', { rd: 3, rs1: 1, imm: 4 })]);
      assert.deepEqual(machine.bus.log, ['store2 10000004 abcd', 'load2 10000004']);
      assert.equal(machine.state.getX(3), 0xabcdn);
      run([op('lw', { rd: 3, rs1: 1, imm: 6 })]);
      assert.equal(trapped().code, 5n);
      machine.setX({ 1: data + 0x3000n });
      run([op('sw', { rs1: 1, rs2: 2 })]);
      assert.deepEqual(trapped(), { code: 7n, tval: data + 0x3000n, tinst: plain(op('sw', { rs2: 2 })) });
      assert.equal(machine.bus.log.length, 2);
    });

    it('makes an access fault of an atomic access that is misaligned, for others may be', () => {
      const leaf = machine.map(root, data, dataFrames[0], flags.rwx & ~dirty);
      machine.setX({ 1: data + 0x10cn, 2: every });
      for (const [mnemonic, operands, cause] of [
        ['lr.d', { rd: 3, rs1: 1 }, 5n],
        ['sc.d', { rd: 3, rs1: 1, rs2: 2 }, 7n],
        ['amoadd.d', { rd: 3, rs1: 1, rs2: 2 }, 7n],
        ['amocas.d', { rd: 3, rs1: 1, rs2: 2 }, 7n],
      ] as const) {
        run([op(mnemonic, operands)]);
        assert.deepEqual([trapped().code, trapped().tval], [cause, data + 0x10cn], mnemonic);
      }
      assert.equal(machine.read(leaf) & BigInt(dirty), 0n, 'nothing was written');
      machine.setX({ 1: data + 0x2004n });
      run([op('amoadd.d', { rd: 3, rs1: 1, rs2: 2 })]);
      assert.equal(trapped().code, 15n, 'translation comes first');
    });

    it('touches neither side of an access between RAM and a device', () => {
      machine.map(root, data + 0x1000n, deviceBase, flags.rwx);
      machine.setX({ 1: data + 0xffdn, 2: every });
      run([op('sd', { rs1: 1, rs2: 2 })]);
      assert.deepEqual([trapped().code, trapped().tval], [7n, data + 0x1000n]);
      run([op('ld', { rd: 3, rs1: 1 })]);
      assert.deepEqual([trapped().code, trapped().tval], [5n, data + 0x1000n]);
      assert.equal(machine.read(dataFrames[0] + 0xff8), 0n);
      assert.deepEqual(machine.bus.log, []);
    });

    it('stops for the machine after the access of a device that asks for it', () => {
      machine.map(root, data + 0x2000n, deviceBase, flags.rwx);
      machine.setX({ 1: data + 0x2000n });
      machine.bus.onAccess = () => machine.hart.requestAttention();
      machine.program([op('lw', { rd: 3, rs1: 1 }), op('addi', { rd: 4, imm: 1 })]);
      machine.enter(supervisorMode, code);
      assert.deepEqual(machine.hart.run(10), { kind: 'attention' });
      assert.equal(machine.state.steps, 1);
      machine.hart.run(1);
      assert.equal(machine.state.getX(4), 1n);
    });

    it('takes an interrupt that a device access raises before the next instruction', () => {
      machine.map(root, data + 0x2000n, deviceBase, flags.rwx);
      machine.setX({ 1: data + 0x2000n });
      machine.setCsr('mie', every);
      machine.bus.onAccess = () => machine.hart.setInterruptLine(11, 1);
      machine.program([op('lw', { rd: 3, rs1: 1 }), op('addi', { rd: 4, imm: 1 })]);
      machine.enter(supervisorMode, code);
      machine.hart.run(2);
      assert.equal(machine.csr('mcause'), (1n << 63n) | 11n);
      assert.equal(machine.csr('mepc'), code + 4n);
      assert.equal(machine.state.getX(4), 0n);
    });

    describe('atomics', () => {
      it('combine in place, and return the old value sign-extended', () => {
        machine.write(dataFrames[0], 0xffff_fffe_8000_0000n);
        machine.setX({ 1: data, 2: 3n });
        run([
          op('amoadd.w', { rd: 3, rs1: 1, rs2: 2 }),
          op('amomaxu.d', { rd: 4, rs1: 1, rs2: 2 }),
          op('amoswap.d', { rd: 5, rs1: 1, rs2: 2 }),
        ]);
        assert.equal(machine.state.getX(3), 0xffff_ffff_8000_0000n);
        assert.equal(machine.state.getX(4), 0xffff_fffe_8000_0003n);
        assert.equal(machine.state.getX(5), 0xffff_fffe_8000_0003n);
        assert.equal(machine.read(dataFrames[0]), 3n);
      });

      it('store conditionally where the reservation holds, once', () => {
        machine.setX({ 1: data, 2: 9n });
        run([
          op('sc.d', { rd: 3, rs1: 1, rs2: 2 }),
          op('lr.d', { rd: 4, rs1: 1 }),
          op('sc.d', { rd: 5, rs1: 1, rs2: 2 }),
          op('sc.d', { rd: 6, rs1: 1, rs2: 2 }),
        ]);
        assert.deepEqual(
          [3, 4, 5, 6].map((index) => machine.state.getX(index)),
          [1n, 0n, 0n, 1n],
        );
        assert.equal(machine.read(dataFrames[0]), 9n);
      });

      it('lose the reservation at a trap', () => {
        machine.setX({ 1: data, 2: 9n });
        machine.setCsr('medeleg', every);
        machine.setCsr('stvec', code + 8n);
        run([op('lr.d', { rd: 4, rs1: 1 }), op('ecall'), op('sc.d', { rd: 5, rs1: 1, rs2: 2 })]);
        assert.equal(machine.state.getX(5), 1n);
      });

      it('want alignment, and report what they do as stores, but LR as a load', () => {
        machine.setX({ 1: data + 4n });
        run([op('amoadd.d', { rd: 3, rs1: 1, rs2: 2 })]);
        assert.deepEqual(trapped(), {
          code: 7n,
          tval: data + 4n,
          tinst: plain(op('amoadd.d', { rd: 3, rs2: 2 })),
        });
        run([op('lr.d', { rd: 3, rs1: 1 })]);
        assert.equal(trapped().code, 5n);
        machine.setX({ 1: data + 0x9000n });
        run([op('amoadd.d', { rd: 3, rs1: 1, rs2: 2 })]);
        assert.equal(trapped().code, 15n);
        run([op('lr.w', { rd: 3, rs1: 1 })]);
        assert.equal(trapped().code, 13n);
        run([op('sc.w', { rd: 3, rs1: 1 })]);
        assert.equal(trapped().code, 15n);
      });
    });

    it('lets M mode load and store as the mode of MPP with MPRV, but not fetch so', () => {
      machine.setX({ 1: data, 2: 5n });
      machine.program([op('sd', { rs1: 1, rs2: 2 }), op('sd', { rs1: 1, rs2: 2, imm: 8 })]);
      machine.setCsr('mstatus', (1n << 17n) | (1n << 11n));
      machine.enter(machineMode);
      machine.hart.run(1);
      assert.equal(machine.read(dataFrames[0]), 5n);
      machine.setCsr('mstatus', 1n << 17n);
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), 15n, 'as U mode, on a page of S mode');
      assert.equal(machine.csr('mepc'), BigInt(ramBase) + 4n);
    });

    it('translates nothing for M mode with MPRV and MPP = M, whatever MPV says', () => {
      machine.setCsr('hgatp', atp(root));
      machine.setX({ 1: BigInt(dataFrames[0]), 2: 5n });
      machine.program([op('sd', { rs1: 1, rs2: 2 })]);
      machine.setCsr('mstatus', (1n << 39n) | (1n << 17n) | (3n << 11n));
      machine.enter(machineMode);
      machine.hart.run(1);
      assert.equal(machine.read(dataFrames[0]), 5n);
    });

    it('translates by the new root from the instruction after the write of satp', () => {
      const other = machine.table();
      machine.map(other, code, ramBase, flags.rwx);
      machine.map(other, data, dataFrames[1], flags.rwx);
      machine.write(dataFrames[0], 1n);
      machine.write(dataFrames[1], 2n);
      machine.setX({ 1: data, 2: atp(other) });
      run([
        op('ld', { rd: 3, rs1: 1 }),
        op('csrrw', { rd: 5, rs1: 2, csr: 0x180 }),
        op('ld', { rd: 4, rs1: 1 }),
      ]);
      assert.deepEqual(
        [3, 4, 5].map((index) => machine.state.getX(index)),
        [1n, 2n, atp(root)],
      );
    });

    it('sets A and D bits like hardware', () => {
      const leaf = machine.map(root, data, dataFrames[0], pteBit.valid | pteBit.read | write);
      machine.setX({ 1: data });
      run([op('ld', { rd: 3, rs1: 1 })]);
      assert.equal(machine.read(leaf) & 0xc0n, 0x40n);
      run([op('sd', { rs1: 1, rs2: 0 })]);
      assert.equal(machine.read(leaf) & 0xc0n, 0xc0n);
    });

    it('sees what the program writes into its own code', () => {
      machine.setX({ 1: code, 2: BigInt(op('addi', { rd: 3, rs1: 3, imm: 2 })) });
      run([
        op('addi', { rd: 3, rs1: 3, imm: 1 }),
        op('sw', { rs1: 1, rs2: 2 }),
        op('fence.i'),
        op('jalr', { rd: 0, rs1: 1 }),
      ]);
      machine.hart.run(1);
      assert.equal(machine.state.getX(3), 3n);
    });

    it('keeps user pages from S mode until SUM allows them', () => {
      machine.map(root, data, dataFrames[0], flags.urwx);
      machine.setX({ 1: data });
      run([op('ld', { rd: 3, rs1: 1 })]);
      assert.equal(trapped().code, 13n);
      machine.setCsr('sstatus', 1n << 18n);
      run([op('ld', { rd: 3, rs1: 1 })]);
      assert.equal(machine.state.mode, supervisorMode);
    });

    it('lets SFENCE.VMA show what changed in the tables', () => {
      machine.setX({ 1: data });
      machine.write(dataFrames[0], 1n);
      machine.write(dataFrames[1], 2n);
      run([op('ld', { rd: 3, rs1: 1 })]);
      machine.map(root, data, dataFrames[1], flags.rwx);
      run([op('sfence.vma'), op('ld', { rd: 3, rs1: 1 })]);
      assert.equal(machine.state.getX(3), 2n);
    });

    it('ends with RAM', () => {
      machine.setCsr('satp', 0n);
      machine.setX({ 1: BigInt(ramBase + ramSize - 4) });
      machine.program([op('lw', { rd: 3, rs1: 1 }), op('ld', { rd: 3, rs1: 1 })]);
      machine.enter(supervisorMode);
      machine.hart.run(2);
      assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [5n, BigInt(ramBase + ramSize)]);
    });
  });
}
