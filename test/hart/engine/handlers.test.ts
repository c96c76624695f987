import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allCompressed } from '../../../src/isa/extensions/index.ts';
import { decode } from '../../../src/isa/decode.ts';
import type { CompressedInstruction, DecodedInstruction, Instruction } from '../../../src/isa/instruction.ts';
import { handlerOf, handlerVariants } from '../../../src/hart/engine/handlers.ts';
import { needsFloatingPoint } from '../../../src/isa/floating-point-guards.ts';
import { floatValue } from '../float-values.ts';
import { ramBase, TestMachine } from '../fixture.ts';

/** Halfway into a page, so that short branches stay in it and long ones leave it. */
const pc = ramBase + 0x800;
const window = ramBase + 0x10_0000;

const inWasm = [
  ...new Set(handlerVariants.map(({ instruction }) => instruction)),
  ...allCompressed.filter(({ expandsTo }) => handlerOf(expandsTo, 2, 'far') !== undefined),
];

const registerValue = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 2n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 31n, -(2n ** 31n), 2n ** 32n - 1n),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.integer({ min: 0, max: 0x1ff }).map((offset) => BigInt(window + offset)),
  fc.integer({ min: 0, max: 0x3f }).map((offset) => BigInt(window + 8 * offset)),
);
const registerValues = fc.array(registerValue, { minLength: 31, maxLength: 31 });
const floatValues = fc.array(floatValue, { minLength: 32, maxLength: 32 });
/** What the floating-point unit is like: most often Dirty, to nearest, NX set. */
const unit = fc.record({
  status: fc.constantFrom(3n, 3n, 3n, 3n, 2n, 1n, 0n),
  fcsr: fc.constantFrom(0n, 1n, 1n, 1n, 0x1fn, 0x21n, 0x41n, 0x61n, 0x81n, 0xa0n),
});

/** None, that of the access itself, or another one. */
const reservation = fc.constantFrom(undefined, 'own' as const, BigInt(window));

describe('hart/engine/handlers', () => {
  it('covers the base instructions, multiplication, division and atomics', () => {
    const mnemonics = new Set(inWasm.map(({ mnemonic }) => mnemonic));
    for (const name of [
      'add',
      'lui',
      'jalr',
      'bgeu',
      'lwu',
      'sb',
      'mulhsu',
      'remuw',
      'amomaxu.d',
      'sc.w',
      'fence',
      'fence.i',
      'sfence.vma',
      'cbo.zero',
    ]) {
      assert.ok(mnemonics.has(name), name);
    }
    for (const name of ['ecall', 'csrrw', 'hlv.w', 'wfi']) {
      assert.ok(!mnemonics.has(name), name);
    }
  });

  for (const instruction of inWasm) {
    it(`does ${instruction.mnemonic} as the reference evaluator does`, () => {
      let retired = 0;
      fc.assert(
        fc.property(
          words(instruction),
          registerValues,
          floatValues,
          unit,
          reservation,
          ({ word, rs1 }, values, floats, unitState, place) => {
            const reserved = place === 'own' ? values[rs1 - 1] : place;
            const [expected, actual] = machines.map((machine) => {
              begin(machine, values, reserved);
              for (const [index, value] of floats.entries()) machine.state.setF(index, value);
              machine.setCsr('fcsr', unitState.fcsr);
              machine.setCsr('mstatus', unitState.status << 13n);
              return execute(machine, word);
            });
            assert.deepEqual(actual, expected);
            retired += actual?.traps === 0 ? 1 : 0;
          },
        ),
        { numRuns: usesFloats(instruction) ? 400 : 60 },
      );
      assert.ok(retired > 0, 'some executions retire');
    });
  }

  const machines = [new TestMachine('reference'), new TestMachine('interpreter')];
});

/** Words of an instruction with any operands; loads and stores near a pointer as often as not. */
function words(instruction: Instruction | CompressedInstruction): fc.Arbitrary<DecodedInstruction> {
  const { match, mask, length } = instruction.encoding;
  const open = ~mask & (length === 2 ? 0xffff : -1);
  return fc
    .tuple(fc.integer(), fc.boolean(), fc.boolean(), fc.boolean())
    .map(([bits, smallImmediate, alignedImmediate, fewRegisters]) => {
      let chosen = bits;
      if (smallImmediate && length === 4) chosen &= 0x07ff_ffff;
      if (alignedImmediate && length === 4) chosen &= ~0x0070_0380;
      if (fewRegisters && length === 4) chosen &= ~0x018c_0600;
      return decode((chosen & open) | match);
    })
    .filter((decoded): decoded is DecodedInstruction => {
      return decoded !== undefined && (decoded.compressed ?? decoded.instruction) === instruction;
    });
}

interface Outcome {
  readonly state: string;
  readonly memory: string;
  readonly traps: number;
}

function usesFloats(instruction: Instruction | CompressedInstruction): boolean {
  return needsFloatingPoint('expandsTo' in instruction ? instruction.expandsTo : instruction);
}

function begin(
  { state, memory, hart }: TestMachine,
  values: readonly bigint[],
  reserved: bigint | undefined,
): void {
  hart.reset(BigInt(pc));
  const bytes = dataOf(memory);
  for (let index = 0; index < bytes.length; index++) bytes[index] = (index * 37) & 0xff;
  for (const [index, value] of values.entries()) state.setX(index + 1, value);
  state.reservation = reserved;
}

function execute(machine: TestMachine, word: number): Outcome {
  const { state, memory, hart } = machine;
  machine.program([word], pc);
  hart.run(1);
  return {
    state: Buffer.from(hart.stateBytes).toString('hex'),
    memory: Buffer.from(dataOf(memory)).toString('hex'),
    traps: state.trapsTaken,
  };
}

function dataOf({ ram }: TestMachine['memory']): Uint8Array {
  return ram.subarray(window - ramBase - 0x1000, window - ramBase + 0x1000);
}
