import assert from 'node:assert/strict';
import fc from 'fast-check';
import { legalize } from '../../../src/isa/csr.ts';
import { decode } from '../../../src/isa/decode.ts';
import { csrAccesses, csrAccessOf } from '../../../src/hart/engine/csr-access.ts';
import {
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from '../../../src/hart/hart-mode.ts';
import { every, op, ramBase, TestMachine } from '../fixture.ts';

const mnemonics = ['csrrw', 'csrrs', 'csrrc', 'csrrwi', 'csrrsi', 'csrrci'];
const registers = [...new Set(csrAccesses.map(({ register }) => register))];
const word = fc.oneof(fc.constantFrom(0n, 1n, 2n, 0x22n, 0x102n, every), fc.bigInt(0n, every));

interface Case {
  readonly mode: HartMode;
  readonly mnemonic: string;
  readonly field: number;
  readonly rd: number;
  readonly operand: bigint;
  readonly values: readonly bigint[];
  readonly status: bigint;
  readonly guestStatus: bigint;
  readonly interrupts: readonly bigint[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  mode: fc.constantFrom(machineMode, supervisorMode, userMode, virtualSupervisorMode, virtualUserMode),
  mnemonic: fc.constantFrom(...mnemonics),
  field: fc.integer({ min: 0, max: 31 }),
  rd: fc.constantFrom(0, 5, 10),
  operand: word,
  values: fc.array(word, { minLength: 12, maxLength: 12 }),
  status: fc.oneof(fc.constantFrom(0n, 2n, 0x20n, 0x120n), fc.bigInt(0n, (1n << 22n) - 1n)),
  guestStatus: word,
  interrupts: fc.array(fc.constantFrom(0n, 0x2n, 0x222n, 0x444n, every), { minLength: 4, maxLength: 4 }),
});

describe('hart/engine/csr-access', () => {
  it('has registers that are plain bits, of which a write changes no others', () => {
    for (const { csr, visible, isStatus } of registers) {
      if (isStatus) continue;
      assert.equal(visible, every, csr.name);
      for (const [old, value] of [
        [0n, every],
        [every, 0n],
      ] as const) {
        const written = (old & ~csr.writable) | (value & csr.writable);
        assert.equal(legalize(csr, old, value), written, csr.name);
      }
    }
  });

  it('leaves out what is no CSR instruction, and other CSRs', () => {
    for (const [mnemonic, csr, change] of [
      ['csrrs', 0x140, 'read'],
      ['csrrw', 0x140, 'write by rs1'],
      ['csrrci', 0x100, 'read'],
      ['csrrs', 0x180, undefined],
    ] as const) {
      const decoded = decode(op(mnemonic, { rd: 1, csr }));
      assert.equal(decoded && csrAccessOf(decoded)?.change, change);
    }
    const add = decode(op('add'));
    assert.equal(add && csrAccessOf(add), undefined);
  });

  for (const { csr } of registers) {
    for (const engine of ['interpreter', 'translator'] as const) {
      it(`accesses ${csr.name} as the reference evaluator does, with the ${engine}`, () => {
        const policy = { interval: 1, pageHeat: 0, loopHeat: 1, changeHeat: 20, capacity: 5 };
        const machines = [new TestMachine('reference'), new TestMachine(engine, { policy })] as const;
        const passed = new Set<string>();
        fc.assert(
          fc.property(cases, (chosen) => {
            const [expected, actual] = machines.map((machine) => execute(machine, csr.address, chosen));
            assert.deepEqual(actual, expected);
            if (expected?.traps === 0) passed.add(chosen.mnemonic);
          }),
          { numRuns: 200 },
        );
        assert.deepEqual([...passed].toSorted(), mnemonics.toSorted());
      });
    }
  }
});

function execute(machine: TestMachine, csr: number, chosen: Case): { state: string; traps: number } {
  const { hart, state } = machine;
  const { mode, mnemonic, field, rd, operand, values, status, guestStatus, interrupts } = chosen;
  hart.reset(BigInt(ramBase));
  const fields = mnemonic.endsWith('i') ? { zimm: field } : { rs1: field };
  const program = [op('addi'), op(mnemonic, { rd, csr, ...fields }), op('addi')];
  machine.program(program);
  for (const name of ['mtvec', 'stvec', 'vstvec']) machine.setCsr(name, BigInt(ramBase + 0x1000));
  const names = [
    'sscratch',
    'sepc',
    'scause',
    'stval',
    'mscratch',
    'mepc',
    'mcause',
    'mtval',
    'vsscratch',
    'vsepc',
  ];
  for (const [index, name] of [...names, 'vscause', 'vstval'].entries())
    machine.setCsr(name, values[index] ?? 0n);
  // Neither MPRV nor a trap of virtual machines: what is meant is the access.
  machine.setCsr('mstatus', status & ~(1n << 17n));
  machine.setCsr('vsstatus', guestStatus);
  for (const [index, name] of ['mie', 'mip', 'mideleg', 'hideleg'].entries())
    machine.setCsr(name, interrupts[index] ?? 0n);
  for (let register = 1; register < 32; register++) state.setX(register, operand);
  machine.enter(mode);
  hart.run(3);
  return { state: Buffer.from(hart.stateBytes).toString('hex'), traps: state.trapsTaken };
}
