/**
 * What the interpreter alone does, by CPU time: million instructions a second of small loops, in M mode without
 * translation, under Sv39 and under both stages, and what each way out of wasm costs:
 * `npx tsx bench/interpreter.ts [million steps]`.
 */
import assert from 'node:assert/strict';
import { hartMode } from '../src/hart/hart-mode.ts';
import { atp, flags, ramBase, TestMachine } from '../test/hart/fixture.ts';
import { TinyGuest } from '../test/vmm/tiny-guest.ts';

const steps = Number(process.argv[2] ?? 40) * 1e6;
/** Where loops find RAM to work on: the same address in every mode. */
const data = ramBase + 0x10_0000;

const loops: Readonly<Record<string, TinyGuest>> = {
  'xorshift (computation alone)': new TinyGuest()
    .li('a0', 88_172_645_463_325_252n)
    .label('again')
    .op('slli', { rd: 'a1', rs1: 'a0', imm: 13 })
    .op('xor', { rd: 'a0', rs1: 'a0', rs2: 'a1' })
    .op('srli', { rd: 'a1', rs1: 'a0', imm: 7 })
    .op('xor', { rd: 'a0', rs1: 'a0', rs2: 'a1' })
    .op('slli', { rd: 'a1', rs1: 'a0', imm: 17 })
    .op('xor', { rd: 'a0', rs1: 'a0', rs2: 'a1' })
    .op('add', { rd: 'a2', rs1: 'a2', rs2: 'a0' })
    .jump('again'),
  'sum of an array (loads)': new TinyGuest()
    .li('a3', data + 0x8000)
    .label('outer')
    .li('a0', data)
    .label('again')
    .op('ld', { rd: 'a1', rs1: 'a0', imm: 0 })
    .op('addi', { rd: 'a0', rs1: 'a0', imm: 8 })
    .op('add', { rd: 'a2', rs1: 'a2', rs2: 'a1' })
    .branch('bne', 'a0', 'a3', 'again')
    .jump('outer'),
  'copy of bytes (loads and stores)': new TinyGuest()
    .li('a3', data + 0x4000)
    .label('outer')
    .li('a0', data)
    .li('a4', data + 0x4000)
    .label('again')
    .op('lbu', { rd: 'a1', rs1: 'a0', imm: 0 })
    .op('sb', { rs1: 'a4', rs2: 'a1', imm: 0 })
    .op('addi', { rd: 'a0', rs1: 'a0', imm: 1 })
    .op('addi', { rd: 'a4', rs1: 'a4', imm: 1 })
    .branch('bne', 'a0', 'a3', 'again')
    .jump('outer'),
  'Fibonacci by recursion (calls)': new TinyGuest()
    .li('sp', data + 0x8000)
    .label('again')
    .li('a0', 20)
    .jump('fib', 'ra')
    .jump('again')
    .label('fib')
    .li('t0', 2)
    .branch('blt', 'a0', 't0', 'return')
    .op('addi', { rd: 'sp', rs1: 'sp', imm: -24 })
    .op('sd', { rs1: 'sp', rs2: 'ra', imm: 0 })
    .op('sd', { rs1: 'sp', rs2: 'a0', imm: 8 })
    .op('addi', { rd: 'a0', rs1: 'a0', imm: -1 })
    .jump('fib', 'ra')
    .op('ld', { rd: 't1', rs1: 'sp', imm: 8 })
    .op('sd', { rs1: 'sp', rs2: 'a0', imm: 16 })
    .op('addi', { rd: 'a0', rs1: 't1', imm: -2 })
    .jump('fib', 'ra')
    .op('ld', { rd: 't1', rs1: 'sp', imm: 16 })
    .op('add', { rd: 'a0', rs1: 'a0', rs2: 't1' })
    .op('ld', { rd: 'ra', rs1: 'sp', imm: 0 })
    .op('addi', { rd: 'sp', rs1: 'sp', imm: 24 })
    .label('return')
    .op('jalr', { rd: 'zero', rs1: 'ra' }),
};

/** Each leaves wasm once in two steps. */
const waysOut: Readonly<Record<string, TinyGuest>> = {
  'CSR read': again(new TinyGuest().label('again').csrr('a0', 'sscratch')),
  'FENCE.I': again(new TinyGuest().label('again').op('fence.i')),
  'SFENCE.VMA': again(new TinyGuest().label('again').op('sfence.vma')),
  'misaligned load': again(
    new TinyGuest().li('a0', data).label('again').op('ld', { rd: 'a1', rs1: 'a0', imm: 4 }),
  ),
};

const settings = ['M mode', 'Sv39', 'two stages'] as const;
type Setting = (typeof settings)[number];

console.log(`million instructions a second            ${settings.map((name) => name.padStart(12)).join('')}`);
for (const [name, loop] of Object.entries(loops)) {
  const cells = settings.map((setting) => (1000 / nanosecondsPerStep(setting, loop, steps)).toFixed(0));
  console.log(`${name.padEnd(41)}${cells.map((cell) => cell.padStart(12)).join('')}`);
}
console.log('\nnanoseconds for each way out of wasm');
for (const [name, loop] of Object.entries(waysOut)) {
  const cells = settings
    .slice(0, 2)
    .map((setting) => (2 * nanosecondsPerStep(setting, loop, steps / 50)).toFixed(0));
  console.log(`${name.padEnd(41)}${cells.map((cell) => cell.padStart(12)).join('')}`);
}

function again(loop: TinyGuest): TinyGuest {
  return loop.jump('again');
}

/** The best of five, for whatever else the processor does only adds to it. */
function nanosecondsPerStep(setting: Setting, loop: TinyGuest, count: number): number {
  const { hart } = machineIn(setting, loop);
  hart.run(count / 2);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    assert.equal(hart.run(count).kind, 'budget');
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / count);
  }
  return best;
}

function machineIn(setting: Setting, loop: TinyGuest): TestMachine {
  const machine = new TestMachine('interpreter');
  machine.physical.poke(ramBase, loop.bytes());
  if (setting === 'M mode') return machine;
  const root = machine.table();
  const second = machine.table();
  for (let offset = 0; offset < 0x40_0000; offset += 0x1000) {
    const address = ramBase + offset;
    machine.map(root, BigInt(address), address, flags.rwx);
    machine.map(second, BigInt(address), address, flags.urwx);
  }
  const isGuest = setting === 'two stages';
  machine.setCsr(isGuest ? 'vsatp' : 'satp', atp(root));
  if (isGuest) machine.setCsr('hgatp', atp(second));
  machine.enter(hartMode(1, isGuest));
  return machine;
}
