import assert from 'node:assert/strict';
import { csrByName } from '../../src/isa/csrs/index.ts';
import {
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from '../../src/hart/hart-mode.ts';
import { interruptCode } from '../../src/hart/trap.ts';
import { every, TestMachine } from './fixture.ts';

const modes = {
  M: machineMode,
  HS: supervisorMode,
  U: userMode,
  VS: virtualSupervisorMode,
  VU: virtualUserMode,
};

describe('hart/csr-file', () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });

  /** `ok`, or what the access raises. */
  const access = (mode: HartMode, name: string, kind: 'read' | 'write' = 'read'): string => {
    machine.state.mode = mode;
    const result = machine.hart.csrs.access(csrByName.get(name)?.address ?? 0, kind);
    return typeof result === 'string' ? result : 'ok';
  };
  const row = (name: string, kind: 'read' | 'write' = 'read'): Record<string, string> =>
    Object.fromEntries(Object.entries(modes).map(([mode, where]) => [mode, access(where, name, kind)]));
  const [ok, illegal, virtual] = ['ok', 'illegal-instruction', 'virtual-instruction'];

  describe('access', () => {
    it('lets each register be reached from its privilege on', () => {
      assert.deepEqual(row('mstatus'), { M: ok, HS: illegal, U: illegal, VS: illegal, VU: illegal });
      assert.deepEqual(row('hstatus'), { M: ok, HS: ok, U: illegal, VS: virtual, VU: virtual });
      assert.deepEqual(row('vsstatus'), { M: ok, HS: ok, U: illegal, VS: virtual, VU: virtual });
      assert.deepEqual(row('sscratch'), { M: ok, HS: ok, U: illegal, VS: ok, VU: virtual });
    });

    it('refuses what does not exist, and writes to read-only registers, as illegal in every mode', () => {
      for (const mode of Object.values(modes)) {
        machine.state.mode = mode;
        assert.equal(machine.hart.csrs.access(0x5c0, 'read'), illegal);
      }
      assert.deepEqual(row('hgeip', 'write'), {
        M: illegal,
        HS: illegal,
        U: illegal,
        VS: illegal,
        VU: illegal,
      });
      assert.deepEqual(row('hgeip'), { M: ok, HS: ok, U: illegal, VS: virtual, VU: virtual });
    });

    it('asks the counter-enable registers of every level above', () => {
      const all = { mcounteren: 7n, hcounteren: 7n, scounteren: 7n };
      const table: [Partial<typeof all>, Record<string, string>][] = [
        [{}, { M: ok, HS: ok, U: ok, VS: ok, VU: ok }],
        [{ mcounteren: 0n }, { M: ok, HS: illegal, U: illegal, VS: illegal, VU: illegal }],
        [{ hcounteren: 0n }, { M: ok, HS: ok, U: ok, VS: virtual, VU: virtual }],
        [{ scounteren: 0n }, { M: ok, HS: ok, U: illegal, VS: ok, VU: virtual }],
      ];
      for (const [change, expected] of table) {
        for (const [name, value] of Object.entries({ ...all, ...change })) machine.setCsr(name, value);
        for (const name of ['cycle', 'time', 'instret']) assert.deepEqual(row(name), expected, name);
      }
    });

    it('traps page-table roots by TVM in HS mode, and by VTVM in VS mode', () => {
      machine.setCsr('mstatus', 1n << 20n);
      assert.deepEqual(row('satp'), { M: ok, HS: illegal, U: illegal, VS: ok, VU: virtual });
      assert.deepEqual(row('hgatp'), { M: ok, HS: illegal, U: illegal, VS: virtual, VU: virtual });
      assert.equal(access(supervisorMode, 'vsatp'), ok);
      machine.setCsr('hstatus', 1n << 20n);
      assert.equal(access(virtualSupervisorMode, 'satp'), virtual);
    });

    it('opens stimecmp by TM and STCE of each level', () => {
      machine.setCsr('mcounteren', 2n);
      machine.setCsr('hcounteren', 2n);
      machine.setCsr('menvcfg', 1n << 63n);
      machine.setCsr('henvcfg', 1n << 63n);
      assert.deepEqual(row('stimecmp'), { M: ok, HS: ok, U: illegal, VS: ok, VU: virtual });
      assert.deepEqual(row('vstimecmp'), { M: ok, HS: ok, U: illegal, VS: virtual, VU: virtual });
      machine.setCsr('henvcfg', 0n);
      assert.equal(access(virtualSupervisorMode, 'stimecmp'), virtual);
      assert.equal(access(supervisorMode, 'vstimecmp'), ok);
      machine.setCsr('henvcfg', 1n << 63n);
      machine.setCsr('hcounteren', 0n);
      assert.equal(access(virtualSupervisorMode, 'stimecmp'), virtual);
      machine.setCsr('mcounteren', 0n);
      assert.deepEqual(row('stimecmp'), { M: ok, HS: illegal, U: illegal, VS: illegal, VU: illegal });
      machine.setCsr('mcounteren', 2n);
      machine.setCsr('menvcfg', 0n);
      assert.deepEqual(row('stimecmp'), { M: ok, HS: illegal, U: illegal, VS: illegal, VU: illegal });
    });
  });

  describe('virtual aliases', () => {
    const aliases = {
      sstatus: 0x0000_0000_000c_0122n,
      stvec: 0x8000_0001n,
      sscratch: every,
      sepc: 0x1234n,
      scause: 0x8000_0000_0000_0005n,
      stval: 0x55n,
      satp: (8n << 60n) | 0x8_0123n,
    };
    for (const [name, value] of Object.entries(aliases)) {
      it(`puts vs${name.slice(1)} in the place of ${name} while V = 1`, () => {
        const guestName = `vs${name.slice(1)}`;
        const hostValue = machine.csr(name);
        machine.state.mode = virtualSupervisorMode;
        const register = machine.hart.csrs.access(csrByName.get(name)?.address ?? 0, 'write');
        assert.ok(typeof register === 'object');
        register.modify(value, every);
        assert.equal(machine.csr(name), hostValue);
        assert.equal(machine.csr(guestName) & value, value);
        assert.equal(register.read(), machine.csr(guestName));
        machine.state.mode = supervisorMode;
        const host = machine.hart.csrs.access(csrByName.get(name)?.address ?? 0, 'read');
        assert.ok(typeof host === 'object');
        assert.equal(host.read(), hostValue);
      });
    }

    it('leaves senvcfg and scounteren shared', () => {
      machine.setCsr('scounteren', 3n);
      machine.state.mode = virtualSupervisorMode;
      const register = machine.hart.csrs.access(0x106, 'read');
      assert.ok(typeof register === 'object');
      assert.equal(register.read(), 3n);
    });

    it('adds htimedelta to time', () => {
      machine.clock.offset = 1000n;
      machine.setCsr('htimedelta', -600n & every);
      machine.setCsr('mcounteren', 2n);
      machine.setCsr('hcounteren', 2n);
      const timeIn = (mode: HartMode): bigint => {
        machine.state.mode = mode;
        const register = machine.hart.csrs.access(0xc01, 'read');
        assert.ok(typeof register === 'object');
        return register.read();
      };
      assert.equal(timeIn(supervisorMode), 1000n);
      assert.equal(timeIn(virtualSupervisorMode), 400n);
    });
  });

  describe('views of interrupts', () => {
    it('shows in sip and sie what mideleg hands down', () => {
      machine.setCsr('mip', 0x222n);
      machine.setCsr('mie', 0xaaan);
      assert.equal(machine.csr('sip'), 0n);
      machine.setCsr('mideleg', 0x022n);
      assert.equal(machine.csr('sip'), 0x022n);
      assert.equal(machine.csr('sie'), 0x022n);
      machine.setCsr('sie', 0n);
      assert.equal(machine.csr('mie'), 0xa88n);
      // Only SSIP of sip is writable.
      machine.setCsr('sip', 0n);
      assert.equal(machine.csr('mip'), 0x220n);
    });

    it('has VS-level interrupts in hip, hie and hvip, and mideleg always hands them down', () => {
      machine.setCsr('mideleg', 0n);
      assert.equal(machine.csr('mideleg'), 0x444n);
      machine.setCsr('hvip', every);
      assert.equal(machine.csr('hvip'), 0x444n);
      assert.equal(machine.csr('hip'), 0x444n);
      assert.equal(machine.csr('mip'), 0x444n);
      machine.setCsr('hip', 0n);
      assert.equal(machine.csr('hvip'), 0x440n, 'VSSIP of hip is that of hvip, the rest is read-only');
      machine.setCsr('hie', every);
      assert.equal(machine.csr('mie'), 0x444n);
      assert.equal(machine.csr('sip'), 0n);
    });

    it('shows them one bit lower in vsip and vsie, as far as hideleg hands them down', () => {
      machine.setCsr('hvip', 0x444n);
      machine.setCsr('hideleg', 0x404n);
      assert.equal(machine.csr('vsip'), 0x202n);
      machine.setCsr('vsie', every);
      assert.equal(machine.csr('hie'), 0x404n);
      assert.equal(machine.csr('vsie'), 0x202n);
      machine.setCsr('vsip', 0n);
      assert.equal(machine.csr('hvip'), 0x440n);
      machine.setCsr('hideleg', every);
      assert.equal(machine.csr('hideleg'), 0x444n);
    });

    it('keeps software from STIP while stimecmp drives it', () => {
      machine.setCsr('menvcfg', 1n << 63n);
      machine.setCsr('mip', 0x20n);
      assert.equal(machine.csr('mip'), 0n);
      machine.setCsr('menvcfg', 0n);
      assert.equal(machine.csr('mip'), 0n);
      machine.setCsr('mip', 0x20n);
      assert.equal(machine.csr('mip'), 0x20n);
    });

    it('does not take the level of a line for a bit that software set', () => {
      machine.hart.setInterruptLine(interruptCode.supervisorExternal, 1);
      const mip = machine.hart.csrs.access(0x344, 'write');
      assert.ok(typeof mip === 'object');
      assert.equal(mip.read(), 0x200n);
      mip.modify(2n, 2n);
      machine.hart.setInterruptLine(interruptCode.supervisorExternal, 0);
      assert.equal(machine.csr('mip'), 2n);
    });
  });

  describe('rules', () => {
    it('ignores a write of satp with an unsupported mode as a whole', () => {
      machine.setCsr('satp', (8n << 60n) | 7n);
      machine.setCsr('satp', (11n << 60n) | 9n);
      assert.equal(machine.csr('satp'), (8n << 60n) | 7n);
    });

    it('keeps the mode of hgatp where the new one is unsupported, and aligns its root', () => {
      machine.setCsr('hgatp', (8n << 60n) | (5n << 44n) | 0x1003n);
      assert.equal(machine.csr('hgatp'), (8n << 60n) | (5n << 44n) | 0x1000n);
      machine.setCsr('hgatp', (15n << 60n) | (6n << 44n) | 0x2000n);
      assert.equal(machine.csr('hgatp'), (8n << 60n) | (6n << 44n) | 0x2000n);
    });

    it('keeps MPP where the new value is no mode', () => {
      machine.setCsr('mstatus', 1n << 11n);
      machine.setCsr('mstatus', 2n << 11n);
      assert.equal((machine.csr('mstatus') >> 11n) & 3n, 1n);
    });

    it('writes mstatus through sstatus where sstatus shows it, and nowhere else', () => {
      machine.setCsr('sstatus', every);
      assert.equal(machine.csr('mstatus'), 0x8000_000a_000c_6122n);
      machine.setCsr('mstatus', every);
      machine.setCsr('sstatus', 0n);
      assert.equal(machine.csr('mstatus') & 0x8_0122n, 0n);
      assert.equal(machine.csr('mstatus') & 0x72_1888n, 0x72_1888n);
    });

    it('has read-only zeros in hedeleg where the specification wants them, and no others', () => {
      machine.setCsr('hedeleg', every);
      assert.equal(machine.csr('hedeleg'), 0xc_b1ffn);
    });

    it('takes Sv57 in satp, as kernels try it, and every mode in hgatp', () => {
      for (const mode of [10n, 9n, 8n, 0n]) {
        for (const name of ['satp', 'vsatp', 'hgatp']) {
          machine.setCsr(name, (mode << 60n) | 0x8_0000n);
          assert.equal(machine.csr(name), (mode << 60n) | 0x8_0000n, name);
        }
      }
    });

    it('withdraws STCE, PBMTE and ADUE from henvcfg with those of menvcfg', () => {
      for (const bit of [61n, 62n, 63n]) {
        machine.setCsr('menvcfg', 7n << 61n);
        machine.setCsr('henvcfg', every);
        assert.equal(machine.csr('henvcfg') >> 61n, 7n);
        machine.setCsr('menvcfg', (7n << 61n) & ~(1n << bit));
        assert.equal(machine.csr('henvcfg') >> 61n, 7n & ~(1n << (bit - 61n)));
        machine.setCsr('henvcfg', every);
        assert.equal((machine.csr('henvcfg') >> bit) & 1n, 0n);
      }
    });

    it('tells H in misa, and lets nothing change it', () => {
      machine.setCsr('misa', 0n);
      assert.equal((machine.csr('misa') >> 7n) & 1n, 1n);
    });
  });

  describe('counters', () => {
    it('count on from what is written, and stand still while inhibited', () => {
      machine.state.steps = 100;
      machine.state.trapsTaken = 20;
      assert.equal(machine.csr('mcycle'), 100n);
      assert.equal(machine.csr('minstret'), 80n);
      machine.setCsr('minstret', 5n);
      machine.state.steps = 110;
      assert.equal(machine.csr('instret'), 15n);
      machine.setCsr('mcountinhibit', every);
      assert.equal(machine.csr('mcountinhibit'), 0x7dn);
      machine.state.steps = 200;
      assert.equal(machine.csr('instret'), 15n);
      assert.equal(machine.csr('cycle'), 110n);
      machine.setCsr('mcountinhibit', 0n);
      machine.state.steps = 201;
      assert.equal(machine.csr('instret'), 16n);
      assert.equal(machine.csr('cycle'), 111n);
    });
  });

  describe('physical memory protection', () => {
    it('has a grain of one page, and no NA4', () => {
      machine.setCsr('pmpcfg0', 0n);
      machine.setCsr('pmpaddr0', every);
      assert.equal(machine.csr('pmpaddr0'), 0x3f_ffff_ffff_fc00n);
      machine.setCsr('pmpcfg0', 0x1fn);
      assert.equal(machine.csr('pmpaddr0'), 0x3f_ffff_ffff_ffffn);
      machine.setCsr('pmpcfg0', 0x17n);
      assert.equal(machine.csr('pmpcfg0'), 0x1fn);
    });

    it('has read-only zeros in bits 6:5 of an entry, and keeps one that would write and not read', () => {
      machine.setCsr('pmpcfg0', 0x6b7fn);
      assert.equal(machine.csr('pmpcfg0'), 0x0b1fn);
      machine.setCsr('pmpcfg0', 0x021an);
      assert.equal(machine.csr('pmpcfg0'), 0x0b1fn);
    });

    it('sets and clears bits of an address as it reads, below the grain too', () => {
      const modify = (value: bigint, mask: bigint): void => {
        const register = machine.hart.csrs.access(0x3b0, 'write');
        assert.ok(typeof register === 'object');
        register.modify(value, mask);
      };
      machine.setCsr('pmpcfg0', 0x18n);
      machine.setCsr('pmpaddr0', 0x1200n);
      machine.setCsr('pmpcfg0', 0n);
      assert.equal(machine.csr('pmpaddr0'), 0x1000n);
      machine.setCsr('pmpcfg0', 0x18n);
      assert.equal(machine.csr('pmpaddr0'), 0x13ffn, 'the mode leaves what is stored');
      machine.setCsr('pmpcfg0', 0n);
      modify(0x4000n, 0x4000n);
      machine.setCsr('pmpcfg0', 0x18n);
      assert.equal(machine.csr('pmpaddr0'), 0x51ffn);
    });

    it('ignores writes to locked entries, and to the base of a locked range', () => {
      machine.setCsr('pmpaddr0', 0x1000n);
      machine.setCsr('pmpaddr1', 0x2000n);
      machine.setCsr('pmpcfg0', 0x8f00n);
      machine.setCsr('pmpaddr0', 0x5000n);
      machine.setCsr('pmpaddr1', 0x5000n);
      machine.setCsr('pmpcfg0', 0x0fn);
      assert.equal(machine.csr('pmpaddr0'), 0x1000n);
      assert.equal(machine.csr('pmpaddr1'), 0x2000n);
      assert.equal(machine.csr('pmpcfg0'), 0x8f0fn);
    });
  });
});
