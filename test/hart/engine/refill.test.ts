import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pageBytes } from '../../../src/common/page.ts';
import {
  contextBytes,
  contextCount,
  contextsOffset,
  engineWord,
  tlbArray,
} from '../../../src/hart/engine/layout.ts';
import {
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from '../../../src/hart/hart-mode.ts';
import { pteBit } from '../../../src/hart/translation/page-table.ts';
import { atp, op, ramBase, TestMachine } from '../fixture.ts';
import { pageWait } from '../../../src/hart/memory.ts';
import { Random } from './differential/random.ts';

/** Where tables are, of all levels; and the pages of code and data, at the beginning of RAM. */
const tables = ramBase + 0x10_0000;
const tablePages = 12;
const dataPages = 16;
/** Programs run in these of them: stores to them are seen. */
const codePages = 3;
/** The places of a table that have entries: the first, as large pages are wanted, and some at the end. */
const indices = [0, 1, 2, 511];
/** To the next page, or to the next of larger ones. */
const strides = [0x1000n, 0x20_0000n, 0x4000_0000n, -0x1000n];
/** Entries of all tables by which code runs: large pages of the first stage, and at the root of four levels what is above them. */
const codeIndex = { supervisor: 4, user: 5, below: 6 } as const;
const modes: readonly HartMode[] = [userMode, supervisorMode, virtualUserMode, virtualSupervisorMode];
const [load, store, jump, stride] = [10, 11, 12, 13];
const handlerAddress = ramBase + 0x1c_0000;

describe('hart/engine, the refill of TLBs in wasm', () => {
  it('fills what the refill outside would, whatever the tables say', () => {
    let refills = 0;
    let faults = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pair = [0, 1].map(() => new TestMachine('interpreter')) as [TestMachine, TestMachine];
        const [inside, outside] = pair;
        neverInside(outside);
        const random = new Random(seed);
        for (const machine of pair) prepare(machine, new Random(seed));
        const settings = Array.from({ length: 4 }, () => chooseSetting(random));
        for (let round = 0; round < 100; round++) {
          const actions = chooseRun(random, random.pick(settings));
          for (const machine of pair) actions(machine);
          const [bytes, expected] = [inside, outside].map(({ hart }) => Buffer.from(hart.stateBytes));
          assert.ok(bytes?.equals(expected as Buffer), `the same state after round ${round}`);
          for (const [context, entries] of entriesOf(inside).entries())
            assert.ok(
              entries.equals(entriesOf(outside)[context] as Buffer),
              `the same entries after round ${round}`,
            );
        }
        assert.equal(word(outside, engineWord.refills), 0);
        refills += word(inside, engineWord.refills);
        faults += inside.state.trapsTaken;
        const [used, expected] = pair.map(({ physical }) => physical.peek(ramBase, 0x20_0000));
        assert.ok(Buffer.from(used as Uint8Array).equals(expected as Uint8Array));
      }),
      { numRuns: 8 },
    );
    assert.ok(refills > 300, `${refills} entries were filled in wasm`);
    assert.ok(faults > 300, `${faults} accesses faulted`);
  });
});

/**
 * Has wasm fill nothing by itself: no page of data, for it takes bytes of all of them for watched, and no code, for there
 * is a breakpoint by virtual address, where nothing ever runs.
 */
function neverInside({ memory, breakpoints }: TestMachine): void {
  const waits = new Uint8Array(memory.wasm.buffer, memory.pages.waitedFor, memory.ramSize / pageBytes);
  waits.fill(pageWait.watchedReads | pageWait.watchedWrites);
  breakpoints.add('virtual', 0x7777_0000_0000_0000n);
}

/** Loads, stores and jumps everywhere, and tables with entries of all kinds, which lead to each other and to it. */
function prepare(machine: TestMachine, random: Random): void {
  const { physical } = machine;
  const code = [
    op('ld', { rd: 5, rs1: load, imm: 0 }),
    op('sd', { rs1: store, rs2: 5, imm: 0 }),
    op('sb', { rs1: store, rs2: 6, imm: 9 }),
    op('lbu', { rd: 6, rs1: load, imm: -1 }),
    op('sw', { rs1: store, rs2: 6, imm: 16 }),
    op('add', { rd: load, rs1: load, rs2: stride }),
    op('add', { rd: store, rs1: store, rs2: stride }),
    op('jalr', { rd: 0, rs1: jump, imm: 0 }),
  ];
  // What faults is passed over.
  const handler = [
    op('csrrs', { rd: 7, csr: 0x341 }),
    op('addi', { rd: 7, rs1: 7, imm: 4 }),
    op('csrrw', { rs1: 7, csr: 0x341 }),
    op('mret'),
  ];
  const bytes = Buffer.alloc(dataPages * pageBytes);
  for (let at = 0; at < bytes.length; at += 4)
    bytes.writeInt32LE((code[(at / 4) % code.length] ?? 0) | 0, at);
  physical.poke(ramBase, bytes);
  machine.program(handler, handlerAddress);
  machine.setCsr('mtvec', BigInt(handlerAddress));
  const entries = Buffer.alloc(tablePages * pageBytes);
  const put = (page: number, index: number, entry: bigint): void => {
    entries.writeBigUInt64LE(entry, page * pageBytes + 8 * index);
  };
  for (let page = 0; page < tablePages; page++)
    for (const index of indices) put(page, index, makeEntry(random));
  // All of RAM as one page, for code to run; in the second stage where it is itself.
  for (let page = 0; page < tablePages; page++) {
    put(page, codeIndex.supervisor, BigInt((ramBase / pageBytes) * 1024 + 0xcf));
    put(page, codeIndex.user, BigInt((ramBase / pageBytes) * 1024 + 0xdf));
    put(page, codeIndex.below, BigInt((tables / pageBytes + 1) * 1024 + pteBit.valid));
  }
  put(0, 0, BigInt((tables / pageBytes + 1) * 1024 + pteBit.valid));
  for (const page of [0, 1]) put(page, 2, BigInt((ramBase / pageBytes) * 1024 + 0xdf));
  physical.poke(tables, entries);
}

function makeEntry(random: Random): bigint {
  const pages = { tables: tables / pageBytes, data: ramBase / pageBytes };
  const { valid, read, write, execute, user, accessed, dirty } = pteBit;
  const pointer = (pages.tables + random.below(tablePages)) * 1024 + valid;
  // RAM begins with a page that may be a large one at each level.
  const page = pages.data + (random.chance(30) ? 0 : random.below(dataPages));
  const full = valid | read | write | execute | accessed | dirty | (random.chance(50) ? user : 0);
  const entry = random.weighted<() => number>([
    [12, () => pointer],
    [12, () => page * 1024 + full],
    [4, () => page * 1024 + (full & ~(1 << random.below(8)))],
    [6, () => page * 1024 + (full & ~dirty)],
    [3, () => page * 1024 + (full & ~accessed)],
    [1, () => page * 1024 + random.below(256)],
    [1, () => pointer + random.below(256)],
    // A page of a table can be written like any other; and one where no RAM is.
    [1, () => (pages.tables + random.below(tablePages)) * 1024 + full],
    [1, () => 0x4000 * 1024 + full],
  ])();
  return BigInt(entry) | (random.chance(3) ? 1n << BigInt(54 + random.below(10)) : 0n);
}

/** In which mode, and by what tables, programs run. */
function chooseSetting(random: Random): Setting {
  const levels = 3 + random.below(2);
  const root = (): bigint => {
    const page = random.chance(70) ? 0 : random.below(tablePages - 3);
    return atp(tables + pageBytes * page, { mode: BigInt(random.chance(10) ? 0 : levels + 5) });
  };
  const csrs = {
    satp: root(),
    vsatp: root(),
    hgatp: atp(tables + 4 * pageBytes * (random.chance(70) ? 0 : 1), {
      mode: BigInt(random.chance(20) ? 0 : levels + 5),
    }),
    mstatus: BigInt(random.below(4)) << 18n,
    vsstatus: BigInt(random.below(4)) << 18n,
    menvcfg: random.chance(80) ? 1n << 61n : 0n,
    henvcfg: random.chance(80) ? 1n << 61n : 0n,
  };
  return { levels, csrs, mode: random.pick(modes) };
}

interface Setting {
  readonly levels: number;
  readonly csrs: Readonly<Record<string, bigint>>;
  readonly mode: HartMode;
}

/** What a run begins with, to be done on both machines alike. */
function chooseRun(random: Random, { levels, csrs, mode }: Setting): (machine: TestMachine) => void {
  const place = (): bigint => {
    const bits = 12 + 9 * levels;
    let address = BigInt(8 * random.below(random.chance(20) ? 512 : 32)) + (random.chance(5) ? 3n : 0n);
    for (let level = 0; level < levels; level++)
      address |= BigInt(random.pick(indices)) << BigInt(12 + 9 * level);
    return random.chance(95) ? BigInt.asUintN(64, BigInt.asIntN(bits, address)) : address;
  };
  const isUser = mode.privilege === 0;
  const code = (): bigint => {
    if (random.chance(5)) return place() & ~3n;
    const offset = BigInt(4 * random.below((codePages * pageBytes) / 4));
    if (random.chance(5)) return BigInt(ramBase) + offset;
    const large = BigInt(isUser ? codeIndex.user : codeIndex.supervisor) << 30n;
    return (levels === 4 ? BigInt(codeIndex.below) << 39n : 0n) | large | offset;
  };
  const registers = { [load]: place(), [store]: place(), [jump]: code(), [stride]: random.pick(strides) };
  const pc = code();
  const changed = random.chance(10)
    ? {
        address: tables + pageBytes * random.below(tablePages) + 8 * random.pick(indices),
        value: makeEntry(random),
      }
    : undefined;
  const steps = 1 + random.below(60);
  return (machine) => {
    for (const [name, value] of Object.entries(csrs)) machine.setCsr(name, value);
    if (changed) machine.write(changed.address, changed.value);
    machine.setX(registers);
    machine.enter(mode, pc);
    machine.hart.run(steps);
  };
}

/** All entries of all TLBs, by context. */
function entriesOf({ memory }: TestMachine): readonly Buffer[] {
  const first = (memory.harts[0]?.engineOffset ?? 0) + contextsOffset;
  return Array.from({ length: contextCount }, (_, context) =>
    Buffer.from(memory.wasm.buffer, first + context * contextBytes, 3 * tlbArray.write),
  );
}

function word({ memory }: TestMachine, offset: number): number {
  return new DataView(memory.wasm.buffer).getUint32((memory.harts[0]?.engineOffset ?? 0) + offset, true);
}
