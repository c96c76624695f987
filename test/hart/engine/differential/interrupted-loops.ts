import assert from 'node:assert/strict';
import { hartMode, type HartMode } from '../../../../src/hart/hart-mode.ts';
import { interruptCode } from '../../../../src/hart/trap.ts';
import { deviceBase, op, ramBase, TestMachine } from '../../fixture.ts';
import { makeStraight, registers } from './program.ts';
import { Random } from './random.ts';

/** How a loop came to be interrupted: by a line that somebody raises between two runs, or by a timer within one. */
const causes = ['line', 'timer'] as const;
type Cause = (typeof causes)[number];

/** In which mode a loop runs, and where its interrupts go. */
interface Setting {
  readonly name: string;
  readonly mode: HartMode;
  readonly handler: 'm' | 's';
}
const settings: readonly Setting[] = [
  { name: 'M', mode: hartMode(3, false), handler: 'm' },
  { name: 'S', mode: hartMode(1, false), handler: 's' },
  { name: 'U', mode: hartMode(0, false), handler: 's' },
];

/**
 * Runs generated loops on the reference evaluator and on another engine, each as often as it has instructions, with an
 * interrupt that comes before the first of them, the second, and so on, once the loop has become hot; all state has to
 * be the same afterwards. Gives how many interrupts were taken.
 */
export function compareInterruptedLoops(options: {
  readonly engine: 'interpreter' | 'translator';
  readonly seed: number;
  readonly loops: number;
}): number {
  const { engine, seed, loops } = options;
  const policy = { interval: 50, pageHeat: 0, loopHeat: 3, changeHeat: 6, capacity: 8 };
  const machines = [new TestMachine('reference'), new TestMachine(engine, { policy })] as const;
  const trial = new TestMachine('reference');
  let taken = 0;
  for (let loop = 0; loop < loops; loop++) {
    const random = new Random(seed * 0x1_0000 + loop);
    const setting = random.pick(settings);
    const values = Array.from({ length: 32 }, () => random.value());
    const body = makeBody(trial, random, setting, values);
    for (const machine of machines) load(machine, body, setting.handler);
    for (const cause of causes)
      for (let after = 0; after < 2 * body.length + 6; after++) {
        for (const machine of machines) {
          begin(machine, setting, values);
          interruptAfter(machine, warmUpSteps + after, cause);
        }
        const [expected, actual] = machines.map(({ hart, memory: { ram } }) => [
          hart.stateBytes,
          ram.subarray(0, dataOffset + dataBytes),
        ]);
        const where = `seed ${seed}, loop ${loop} in ${setting.name}, ${cause} after ${warmUpSteps + after} steps`;
        assert.ok(
          expected?.every((bytes, index) => Buffer.compare(bytes, actual?.[index] ?? bytes) === 0),
          `${where}: pc ${machines.map(({ state }) => state.pc.toString(16)).join(', ')}`,
        );
        taken += machines[0].state.getX(31) === values[31] ? 0 : 1;
      }
  }
  return taken;
}

/** A body that goes through: of most random ones, an instruction traps, and those after it never have their turn. */
function makeBody(
  machine: TestMachine,
  random: Random,
  setting: Setting,
  values: readonly bigint[],
): readonly number[] {
  const body: number[] = [];
  const length = 3 + random.below(14);
  const mayTrap = random.chance(20);
  while (body.length < length) {
    const word = makeStraight(random);
    load(machine, [...body, word], setting.handler);
    begin(machine, setting, values);
    const { trapsTaken } = machine.state;
    runFor(machine, warmUpSteps);
    if (mayTrap || machine.state.trapsTaken === trapsTaken) body.push(word);
  }
  return body;
}

/** Long enough for the loop to be translated. */
const warmUpSteps = 150;
const stepsAfterwards = 60;
const handlerOffset = 0x1000;
const dataOffset = 0x4000;
const dataBytes = 0x1000;
const csr = {
  m: { cause: 0x342, epc: 0x341, back: op('mret') },
  s: { cause: 0x142, epc: 0x141, back: op('sret') },
} as const;
const stimecmp = 0x14d;

/** The loop at the start of RAM; and a handler, which counts interrupts in x31 and enters the loop anew after exceptions. */
function load(machine: TestMachine, body: readonly number[], level: 'm' | 's'): void {
  const length = body.reduce((sum, word) => sum + ((word & 3) === 3 ? 4 : 2), 0);
  machine.physical.poke(ramBase, new Uint8Array(dataOffset));
  machine.program([...body, op('jal', { rd: 0, imm: -length })]);
  const { cause, epc, back } = csr[level];
  machine.program(
    [
      op('csrrs', { rd: 28, rs1: 0, csr: cause }),
      op('blt', { rs1: 28, rs2: 0, imm: 20 }),
      op('auipc', { rd: 28, imm: -handlerOffset }),
      op('addi', { rd: 28, rs1: 28, imm: -8 }),
      op('csrrw', { rd: 0, rs1: 28, csr: epc }),
      back,
      // The device takes its interrupt back when it is spoken to; the timer, when it is set anew.
      op('lui', { rd: 28, imm: deviceBase }),
      op('sd', { rs1: 28, rs2: 0, imm: 0 }),
      op('addi', { rd: 28, rs1: 0, imm: -1 }),
      op('csrrw', { rd: 0, rs1: 28, csr: stimecmp }),
      op('addi', { rd: 31, rs1: 31, imm: 1 }),
      back,
    ],
    ramBase + handlerOffset,
  );
}

function begin(machine: TestMachine, { mode, handler }: Setting, values: readonly bigint[]): void {
  const { hart, state, bus } = machine;
  hart.reset(BigInt(ramBase));
  state.steps = 0;
  for (const code of lines) hart.setInterruptLine(code, 0);
  bus.onAccess = () => {
    for (const code of lines) hart.setInterruptLine(code, 0);
  };
  machine.physical.poke(ramBase + dataOffset, new Uint8Array(dataBytes).fill(0x5a));
  const isDelegated = handler === 's';
  const settingsOfCsrs: Readonly<Record<string, bigint>> = {
    menvcfg: 1n << 63n,
    mcounteren: 7n,
    stimecmp: 2n ** 64n - 1n,
    medeleg: isDelegated ? 0xb1ffn : 0n,
    mideleg: isDelegated ? 0x222n : 0n,
    mtvec: BigInt(ramBase + handlerOffset),
    stvec: BigInt(ramBase + handlerOffset),
    mie: 0xaaan,
    // The floating-point unit on; interrupts of both levels perhaps not yet.
    mstatus: 0x6000n | (((values[0] ?? 0n) & 1n) * 0xan),
  };
  for (const [name, value] of Object.entries(settingsOfCsrs)) machine.setCsr(name, value);
  for (const [index, value] of values.entries()) {
    state.setX(index, value);
    state.setF(index, value);
  }
  for (const register of [...registers.data, registers.code])
    state.setX(register, BigInt(ramBase + dataOffset + dataBytes / 2));
  state.setX(registers.device, BigInt(deviceBase + 0x800));
  machine.enter(mode);
}

const lines = [interruptCode.supervisorExternal, interruptCode.machineExternal] as const;

function interruptAfter(machine: TestMachine, steps: number, cause: Cause): void {
  const { hart, state } = machine;
  const end = steps + stepsAfterwards;
  if (cause === 'timer') {
    // The clock ticks every ten steps: what was done before is as much as it takes to have it tick after `steps`.
    state.steps = 10 - (steps % 10);
    machine.setCsr('stimecmp', BigInt((state.steps + steps) / 10));
    runFor(machine, end);
    return;
  }
  runFor(machine, steps);
  hart.setInterruptLine(
    machine.csr('mideleg') === 0n ? interruptCode.machineExternal : interruptCode.supervisorExternal,
    1,
  );
  runFor(machine, end - steps);
}

function runFor({ hart, state }: TestMachine, steps: number): void {
  const end = state.steps + steps;
  while (state.steps < end) {
    const { kind } = hart.run(end - state.steps);
    assert.ok(kind === 'budget' || kind === 'attention', kind);
  }
}
