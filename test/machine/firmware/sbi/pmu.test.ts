import assert from 'node:assert/strict';
import { HartCounters } from '../../../../src/machine/firmware/hart-counters.ts';
import { isaOf, type Isa } from '../../../../src/isa/configuration/isa.ts';
import { loopForever, program, start } from '../../fixture.ts';
import { ret, sbiBoard } from './board.ts';

const pmu = 0x50_4d55n;
const allOnes = 0xffff_ffff_ffff_ffffn;
const fid = {
  count: 0n,
  info: 1n,
  configure: 2n,
  start: 3n,
  stop: 4n,
  read: 5n,
  readHigh: 6n,
  memory: 7n,
  events: 8n,
};
const cycles = 1n;
const instructions = 2n;
const setTimer = 0xf_0005n;
const flag = { skipMatch: 1n, clear: 2n, autoStart: 4n, inhibitU: 0x20n, inhibitM: 0x80n };
/** The first counter of firmware: those of the hart are hpmcounter3 to 6, cycle and instret. */
const firmware = 6n;
const count = 22n;

describe('machine/firmware/sbi/pmu', () => {
  it('is not offered where there are no counters', () => {
    const { call } = sbiBoard();
    for (const id of Object.values(fid)) assert.deepEqual(call(pmu, id), ret(-2n));
  });

  it('lists the counters: those of the hart by their CSRs, then those of firmware', () => {
    const { call } = counting();
    assert.deepEqual(call(pmu, fid.count), ret(0n, count));
    const csrs = Array.from({ length: 6 }, (_, index) => call(pmu, fid.info, BigInt(index)));
    assert.deepEqual(csrs, [0xc03n, 0xc04n, 0xc05n, 0xc06n, 0xc00n, 0xc02n].map(wide));
    assert.deepEqual(call(pmu, fid.info, firmware), ret(0n, 1n << 63n));
    assert.deepEqual(call(pmu, fid.info, count), ret(-3n));
    assert.deepEqual(call(pmu, fid.info, allOnes), ret(-3n));
    assert.deepEqual(call(pmu, 9n), ret(-2n));
  });

  it('has none of the hart where the supervisor could not read them', () => {
    const { call } = counting(isaOf(['M', 'A', 'C', 'Zicntr']));
    assert.deepEqual(call(pmu, fid.count), ret(0n, count - 4n));
    assert.deepEqual(call(pmu, fid.info, 0n), wide(0xc00n));
    call(pmu, fid.stop, 0n, 3n);
    assert.deepEqual(call(pmu, fid.configure, 0n, 3n, 0n, instructions), ret(0n, 1n));
  });

  it('finds a counter that stands still for an event, and says in which modes it counts', () => {
    const { call, csr } = counting();
    assert.deepEqual(call(pmu, fid.configure, 0n, 0x3fn, flag.inhibitU | flag.inhibitM, cycles), ret(0n, 0n));
    assert.equal(csr('mhpmevent3'), (1n << 62n) | (1n << 60n) | 1n);
    assert.deepEqual(call(pmu, fid.start, 0n, 1n, 0n, 0n), ret(0n));
    assert.equal(csr('mcountinhibit'), 0x70n);
    assert.deepEqual(call(pmu, fid.configure, 0n, 0x3fn, flag.autoStart, instructions), ret(0n, 1n));
    assert.equal(csr('mcountinhibit'), 0x60n);
    assert.deepEqual(call(pmu, fid.configure, 0n, 0x3fn, 0n, setTimer), ret(-2n));
    assert.deepEqual(call(pmu, fid.configure, 0n, 0x3f_ffffn, 0n, setTimer), ret(0n, firmware));
    assert.deepEqual(call(pmu, fid.configure, 5n, 1n, flag.skipMatch, instructions), ret(0n, 5n), 'it runs');
    assert.deepEqual(call(pmu, fid.configure, 4n, 3n, 0n, instructions), ret(-2n), 'they run');
  });

  it('takes raw events by their number in mhpmevent', () => {
    const { call, csr } = counting();
    assert.deepEqual(call(pmu, fid.configure, 2n, 1n, 0n, 0x2_0000n, 2n), ret(0n, 2n));
    assert.equal(csr('mhpmevent5'), 2n);
    assert.deepEqual(call(pmu, fid.configure, 3n, 1n, 0n, 0x3_0000n, 1n), ret(0n, 3n));
    assert.equal(csr('mhpmevent6'), 1n);
  });

  it('refuses sets with counters that are not there, reserved flags, and events that nothing counts', () => {
    const { call } = counting();
    const configure = (...args: readonly bigint[]) => call(pmu, fid.configure, ...args);
    assert.deepEqual(configure(0n, 1n << 22n, 0n, cycles), ret(-3n));
    assert.deepEqual(configure(allOnes, 3n, 0n, cycles), ret(-3n));
    assert.deepEqual(configure(0n, 1n, 0x100n, cycles), ret(-3n));
    for (const event of [0n, 3n, 10n, 0x1_0000n, 0x2_0001n, 0x4_0000n, 0xf_0016n, 0xf_ffffn, 0x10_0001n])
      assert.deepEqual(configure(0n, 0x3f_ffffn, 0n, event), ret(-2n), `event ${event.toString(16)}`);
    assert.deepEqual(configure(0n, 1n, 0n, cycles, 5n), ret(-2n), 'data is reserved');
    assert.deepEqual(configure(0n, 1n, 0n, 0x3_0000n, 3n), ret(-2n), 'no such raw event');
    assert.deepEqual(configure(0n, 0n, 0n, cycles), ret(-2n), 'an empty set');
    for (const id of [fid.start, fid.stop]) {
      assert.deepEqual(call(pmu, id, 0n, 1n << 22n), ret(-3n));
      assert.deepEqual(call(pmu, id, 0n, 1n, 4n), ret(-3n));
    }
    assert.deepEqual(call(pmu, fid.start, 0n, 1n, 3n), ret(-3n), 'two values for one counter');
  });

  it('starts and stops each counter once, those of a set whatever the others are', () => {
    const { call, csr } = counting();
    assert.deepEqual(call(pmu, fid.start, 0n, 1n), ret(-3n), 'it has no event');
    call(pmu, fid.configure, 0n, 1n, flag.autoStart, cycles);
    call(pmu, fid.configure, 1n, 1n, 0n, cycles);
    assert.deepEqual(call(pmu, fid.start, 0n, 3n, 1n, 100n), ret(-7n));
    assert.equal(csr('mcountinhibit'), 0x60n);
    assert.deepEqual([csr('mhpmcounter3'), csr('mhpmcounter4')], [0n, 100n]);
    assert.deepEqual(call(pmu, fid.stop, 0n, 1n), ret(0n));
    assert.deepEqual(call(pmu, fid.stop, 0n, 3n, 1n), ret(-8n));
    assert.deepEqual([csr('mcountinhibit'), csr('mhpmevent3'), csr('mhpmevent4')], [0x78n, 0n, 0n]);
  });

  it('lets a counter interrupt again when it starts', () => {
    const { call, csr, hart } = counting();
    call(pmu, fid.configure, 0n, 1n, 0n, cycles);
    hart.csrs.poke('mhpmevent3', csr('mhpmevent3') | (1n << 63n));
    assert.deepEqual(call(pmu, fid.start, 0n, 1n, 1n, allOnes - 99n), ret(0n));
    assert.equal(csr('mhpmevent3'), 1n);
  });

  it('counts what firmware does', () => {
    const { call, counters } = counting();
    assert.deepEqual(
      call(pmu, fid.configure, firmware, 3n, flag.clear | flag.autoStart, setTimer),
      ret(0n, firmware),
    );
    counters.tally(5);
    counters.tally(6);
    counters.tally(5);
    assert.deepEqual(call(pmu, fid.read, firmware), ret(0n, 2n));
    assert.deepEqual(call(pmu, fid.readHigh, firmware), ret(0n, 0n));
    call(pmu, fid.stop, firmware, 1n);
    counters.tally(5);
    assert.deepEqual(call(pmu, fid.read, firmware), ret(0n, 2n));
    for (const id of [fid.read, fid.readHigh])
      for (const index of [0n, count, allOnes]) assert.deepEqual(call(pmu, id, index), ret(-3n));
    const saved = counters.save();
    counters.forget();
    assert.deepEqual(call(pmu, fid.read, firmware), ret(0n, 0n));
    counters.restore(saved);
    assert.deepEqual(call(pmu, fid.read, firmware), ret(0n, 2n));
  });

  describe('snapshots', () => {
    it('take a page that the supervisor may write, and give it back', () => {
      const { call } = counting();
      assert.deepEqual(call(pmu, fid.memory, 0x1000n, 0n, 1n), ret(-3n));
      assert.deepEqual(call(pmu, fid.memory, 0x1008n, 0n, 0n), ret(-3n));
      assert.deepEqual(call(pmu, fid.memory, 0x1000n, 1n, 0n), ret(-5n));
      assert.deepEqual(call(pmu, fid.memory, 0x2000n, 0n, 0n), ret(-5n));
      assert.deepEqual(call(pmu, fid.start, 4n, 1n, 2n), ret(-9n));
      assert.deepEqual(call(pmu, fid.stop, 4n, 1n, 2n), ret(-9n));
      assert.deepEqual(call(pmu, fid.memory, 0x1000n, 0n, 0n), ret(0n));
      assert.deepEqual(call(pmu, fid.stop, 4n, 1n, 2n), ret(0n));
      assert.deepEqual(call(pmu, fid.memory, allOnes, allOnes, 0n), ret(0n));
      assert.deepEqual(call(pmu, fid.start, 4n, 1n, 2n), ret(-9n));
    });

    it('hold the values of counters from the base on, and which have overflowed', () => {
      const { call, memory, hart, csr } = counting();
      const page = new DataView(memory.buffer, 0x1000);
      call(pmu, fid.memory, 0x1000n, 0n, 0n);
      for (const index of [1n, 3n]) call(pmu, fid.configure, index, 1n, 0n, instructions);
      page.setBigUint64(8, 7n, true);
      page.setBigUint64(8 + 16, 9n, true);
      assert.deepEqual(call(pmu, fid.start, 1n, 0b101n, 2n), ret(0n));
      assert.deepEqual([csr('mhpmcounter4'), csr('mhpmcounter6')], [7n, 9n]);
      hart.csrs.poke('mhpmevent6', csr('mhpmevent6') | (1n << 63n));
      hart.csrs.poke('mhpmcounter6', 11n);
      page.setBigUint64(0, 0b11n, true);
      page.setBigUint64(8 + 8, 55n, true);
      assert.deepEqual(call(pmu, fid.stop, 1n, 0b101n, 2n), ret(0n));
      const words = [0, 8, 16, 24].map((at) => page.getBigUint64(at, true));
      assert.deepEqual(words, [0b110n, 7n, 55n, 11n]);
    });
  });

  describe('event information', () => {
    it('says of each entry whether it can be counted', () => {
      const { call, memory } = counting();
      const list = new DataView(memory.buffer, 0x100);
      const events = [
        [1, 0n],
        [3, 0n],
        [0xf_0007, 0n],
        [0x3_0000, 2n],
        [0x3_0000, 9n],
      ] as const;
      for (const [index, [event, data]] of events.entries()) {
        list.setUint32(16 * index, event, true);
        list.setUint32(16 * index + 4, 0xffff_ffff, true);
        list.setBigUint64(16 * index + 8, data, true);
      }
      assert.deepEqual(call(pmu, fid.events, 0x100n, 0n, 5n, 0n), ret(0n));
      assert.deepEqual(
        events.map((_, index) => list.getUint32(16 * index + 4, true)),
        [1, 0, 1, 1, 0],
      );
    });

    it('refuses to look at more entries than there could be events', () => {
      const { call } = counting(undefined, 0x11_0000);
      assert.deepEqual(call(pmu, fid.events, 0n, 0n, 0x1_0000n, 0n), ret(0n));
      assert.deepEqual(call(pmu, fid.events, 0n, 0n, 0x1_0001n, 0n), ret(-5n));
    });

    it('refuses flags, places that are not memory, and reserved bits', () => {
      const { call, memory } = counting();
      assert.deepEqual(call(pmu, fid.events, 0x100n, 0n, 1n, 1n), ret(-3n));
      assert.deepEqual(call(pmu, fid.events, 0x108n, 0n, 1n, 0n), ret(-3n));
      assert.deepEqual(call(pmu, fid.events, 0x100n, 1n, 1n, 0n), ret(-5n));
      assert.deepEqual(call(pmu, fid.events, 0x1ff0n, 0n, 2n, 0n), ret(-5n));
      assert.deepEqual(call(pmu, fid.events, 0n, 0n, allOnes, 0n), ret(-5n));
      memory[0x102] = 0x10;
      assert.deepEqual(call(pmu, fid.events, 0x100n, 0n, 1n, 0n), ret(-3n));
    });
  });
});

/** What `sbi_pmu_counter_get_info` tells of a CSR of 64 bits. */
const wide = (csr: bigint) => ret(0n, (63n << 12n) | csr);

/** A board whose caller is a hart of a real machine, in M mode. */
function counting(isa?: Isa, memoryBytes = 0x2000) {
  const { machine } = start({ image: program([loopForever]), ...(isa !== undefined && { isa }) });
  const [hart] = machine.harts;
  assert.ok(hart);
  hart.state.mode = { privilege: 3, virtual: false };
  const counters = new HartCounters(hart);
  return {
    ...sbiBoard({ counters }, memoryBytes),
    counters,
    hart,
    csr: (name: string) => hart.csrs.peek(name),
  };
}
