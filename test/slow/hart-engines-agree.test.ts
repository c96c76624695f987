import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encode } from '../../src/isa/encode.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { csrByName } from '../../src/isa/csrs/index.ts';
import type { CompressedInstruction, Instruction, OperandName } from '../../src/isa/instruction.ts';
import { hartMode } from '../../src/hart/hart-mode.ts';
import type { Privilege } from '../../src/hart/trap.ts';
import { atp, deviceBase, flags, ramBase, ramSize, TestMachine } from '../hart/fixture.ts';

/** Where code and data lie, at the same addresses in every space: what differs is who may do what. */
const codePages = 6;
const dataBase = 0x8010_0000;
const dataPages = 4;
const tableSpace = [0x8020_0000, ramBase + ramSize] as const;

/** Registers whose writes would let a program reach its own tables, where caching shows. */
const keptCsrs = ['satp', 'vsatp', 'hgatp', 'pmpcfg0', 'pmpcfg2'];
const csrs = [...csrByName.values()]
  .filter(({ name }) => !keptCsrs.includes(name) && !name.startsWith('pmpaddr') && !name.includes('hpm'))
  .map(({ address }) => address);

describe('hart: reference evaluator and interpreter', () => {
  it('agree on state and memory after any number of steps of any program, under any translation', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(0x7fff_ffff)), (stream) => {
        const random = (below: number): number => {
          const { value } = stream.next();
          return (value as number) % below;
        };
        const [reference, interpreter] = [new TestMachine('reference'), new TestMachine('interpreter')];
        const setup = makeSetup(random);
        setup(reference);
        setup(interpreter);
        for (let slice = 0; slice < 300; slice++) {
          const budget = 1 + random(slice % 2 === 0 ? 12 : 60);
          const act = makeEvent(random);
          act(reference);
          act(interpreter);
          const stops = [reference.hart.run(budget), interpreter.hart.run(budget)];
          assert.deepEqual(stops[1], stops[0]);
          assert.deepEqual(interpreter.hart.stateBytes, reference.hart.stateBytes);
        }
        assert.deepEqual(interpreter.hart.trapRecords.list(), reference.hart.trapRecords.list());
        assert.ok(Buffer.from(interpreter.memory.ram).equals(reference.memory.ram), 'RAM is the same');
        assert.deepEqual(interpreter.bus.log, reference.bus.log);
      }),
      { numRuns: 60 },
    );
  }).timeout(300_000);
});

type Random = (below: number) => number;

/** Something from outside between two slices. */
function makeEvent(random: Random): (machine: TestMachine) => void {
  const [what, which, value] = [random(8), random(16), random(2)];
  const pc = BigInt(ramBase + 2 * random((codePages * 4096) / 2));
  const mode = hartMode(([0, 0, 1, 1, 3] as const)[random(5)] as Privilege, random(3) > 0);
  return (machine) => {
    if (what === 0) machine.hart.setInterruptLine([3, 7, 9, 11][which % 4] ?? 3, value === 1 ? 1 : 0);
    // Most programs are soon lost in a loop of traps: they get a new place to go on from.
    if (what <= 4 || machine.state.waiting) {
      machine.state.waiting = false;
      machine.enter(mode, pc);
    }
  };
}

function makeSetup(random: Random): (machine: TestMachine) => void {
  const code = Array.from({ length: codePages * 1024 }, () => randomInstruction(random));
  const data = Array.from({ length: 512 }, () => random(0x7fff_ffff));
  const pages = [
    ...Array.from({ length: codePages }, (_, page) => ramBase + page * 4096),
    ...Array.from({ length: dataPages }, (_, page) => dataBase + page * 4096),
    deviceBase,
  ];
  const leaves = [0, 1, 2].map(() => pages.map(() => randomFlags(random)));
  const roots = { satp: random(4) > 0, vsatp: random(4) > 0, hgatp: random(4) > 0 };
  const values = Object.fromEntries(
    ['medeleg', 'hedeleg', 'mideleg', 'hideleg', 'mie', 'mstatus', 'hstatus', 'vsstatus'].map((name) => [
      name,
      BigInt(random(0x7fff_ffff)),
    ]),
  );
  const counters = random(3) > 0 ? 7n : 0n;
  const vectors = Array.from({ length: 3 }, () => BigInt(ramBase + 4 * random(codePages * 1024)));
  const registers = Array.from({ length: 32 }, () => randomPointer(random));
  return (machine) => {
    code.forEach((words, index) => {
      machine.physical.store(ramBase + 4 * index, 4, BigInt(words >>> 0));
    });
    data.forEach((word, index) => machine.physical.store(dataBase + 32 * index, 4, BigInt(word)));
    const [host = 0, guest = 0, second = 0] = leaves.map((permissions, table) => {
      const root = machine.table();
      pages.forEach((page, index) => {
        const user = table === 2 ? 0x10 : 0;
        machine.map(root, BigInt(page), page, (permissions[index] ?? 0) | user);
      });
      return root;
    });
    // A guest reads and marks its own tables through the second stage.
    for (let table = tableSpace[0]; table < guest + 0x1_0000 + 0x4000; table += 0x1000) {
      machine.map(second, BigInt(table), table, flags.urwx);
    }
    for (const [name, value] of Object.entries(values)) machine.setCsr(name, value);
    machine.setCsr('satp', roots.satp ? atp(host) : 0n);
    machine.setCsr('vsatp', roots.vsatp ? atp(guest) : 0n);
    machine.setCsr('hgatp', roots.hgatp ? atp(second, { id: 5n }) : 0n);
    for (const name of ['mcounteren', 'hcounteren', 'scounteren']) machine.setCsr(name, counters);
    machine.setCsr('menvcfg', counters << 61n);
    ['mtvec', 'stvec', 'vstvec'].forEach((name, index) => machine.setCsr(name, vectors[index] ?? 0n));
    registers.forEach((value, index) => machine.state.setX(index, value));
  };
}

function randomFlags(random: Random): number {
  // Mostly usable; A and D as they come.
  const permissions = [0x0f, 0x0f, 0x0f, 0x0b, 0x07, 0x03, 0x09, 0x00][random(8)] ?? 0;
  return permissions === 0 ? 0 : permissions | (random(2) * 0x10) | (random(4) << 6);
}

function randomPointer(random: Random): bigint {
  switch (random(6)) {
    case 0:
      return BigInt(random(64));
    case 1:
      return BigInt(deviceBase + 8 * random(16));
    case 2:
      return BigInt(ramBase + 4 * random(codePages * 1024));
    case 3:
      return BigInt(dataBase + 4096 * random(dataPages) - random(16));
    default:
      return BigInt(dataBase + 8 * random(dataPages * 512));
  }
}

/** 32 bits: one instruction, or two compressed ones. */
function randomInstruction(random: Random): number {
  if (random(64) === 0) return random(0x7fff_ffff);
  if (random(4) > 0) return assemble(allInstructions, random);
  return (assemble(allCompressed, random) | (assemble(allCompressed, random) << 16)) >>> 0;
}

function assemble(from: readonly (Instruction | CompressedInstruction)[], random: Random): number {
  const instruction = from[random(from.length)] ?? assert.fail('an instruction');
  for (let attempt = 0; attempt < 4; attempt++) {
    const operands: Partial<Record<OperandName, number>> = {};
    for (const { name, slices, signed, bias } of instruction.encoding.fields) {
      const width = Math.max(...slices.map(({ high, low, at }) => high - low + 1 + at));
      const least = Math.min(...slices.map(({ at }) => at));
      const bits = random(2 ** Math.min(width - least, 30)) * 2 ** least;
      const value = signed && bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
      // Memory accesses mostly go where their base points to.
      const near = name === 'imm' && random(4) > 0 ? value % 64 : value;
      operands[name] = name === 'csr' ? (csrs[random(csrs.length)] ?? 0) : near - (near % 2 ** least) + bias;
    }
    try {
      return encode(instruction, operands);
    } catch {
      // A reserved combination, or a displacement that became unaligned: another draw.
    }
  }
  return 0x0000_0001;
}
