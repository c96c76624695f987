import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import type { TranslationPolicy } from '../../../src/hart/translator/translation-policy.ts';
import { atp, flags, op, ramBase, TestMachine } from '../fixture.ts';

const policy: TranslationPolicy = { interval: 100, pageHeat: 0, loopHeat: 3, changeHeat: 20, capacity: 8 };
const userPage = 0x4000_0000n;
/** Where `TestMachine.table` begins. */
const firstTable = 0x8020_0000;
const handler = BigInt(ramBase + 0x1000);

/**
 * A program that calls again and again, with a7 counting; what its handler does depends on a7: most calls return at once,
 * some after a call of the handler's own (to itself, by a trap), with another stack, with SUM or MXR set for a while, or
 * after the tables were changed for others and back; and some never return, but go to another place in the program. As a
 * guest it is in VU mode and the handler in VS mode, under two stages.
 */
function programmed(
  engine: 'reference' | 'interpreter' | 'translator',
  clock: number,
  isGuest = false,
): TestMachine {
  const machine = new TestMachine(engine, { policy });
  const [root, other] = [machine.table(), machine.table()];
  for (const table of [root, other]) {
    machine.map(table, userPage, ramBase + 0x2000, flags.urwx);
    for (const page of [0, 0x1000, 0x3000])
      machine.map(table, BigInt(ramBase + page), ramBase + page, flags.rwx);
  }
  machine.program(
    [
      op('addi', { rd: 17, rs1: 17, imm: 1 }),
      op('ecall'),
      op('add', { rd: 18, rs1: 18, rs2: 17 }),
      op('xor', { rd: 19, rs1: 19, rs2: 18 }),
      op('jal', { rd: 0, imm: -16 }),
    ],
    ramBase + 0x2000,
  );
  const restore = [
    op('csrrs', { rd: 5, csr: 0x141 }),
    op('addi', { rd: 5, rs1: 5, imm: 4 }),
    op('csrrw', { rd: 0, csr: 0x141, rs1: 5 }),
    op('sret'),
  ];
  const special = [
    // Another stack while it returns.
    [op('addi', { rd: 2, rs1: 2, imm: -16 }), ...restore],
    [...status('csrrs', 1 << 18), op('ld', { rd: 7, rs1: 20 }), ...status('csrrc', 1 << 18), ...restore],
    [...status('csrrs', 1 << 19), ...restore],
    // With SUM left set, and MXR: the next calls find them so.
    [...status('csrrs', 3 << 18), ...restore],
    [op('csrrw', { rd: 0, csr: 0x180, rs1: 21 }), ...restore],
    [op('csrrw', { rd: 0, csr: 0x180, rs1: 22 }), ...restore],
    // An illegal instruction in the handler: a trap within a trap, for which a7 is one more.
    [
      op('csrrs', { rd: 25, csr: 0x141 }),
      op('addi', { rd: 17, rs1: 17, imm: 1 }),
      0xffff_ffff,
      op('csrrw', { rd: 0, csr: 0x141, rs1: 25 }),
      op('addi', { rd: 6, imm: 0x100 }),
      op('csrrc', { rd: 0, csr: 0x100, rs1: 6 }),
      ...restore,
    ],
    // Interrupts on for a moment.
    [op('csrrsi', { rd: 0, csr: 0x100, zimm: 2 }), op('csrrci', { rd: 0, csr: 0x100, zimm: 2 }), ...restore],
    // SUM and MXR are clear again.
    [...status('csrrc', 3 << 18), ...restore],
  ];
  // s7 = a7 & 15: the handler has a place for each, and those that are left return at once.
  const table = special.flatMap((code) => [
    ...code,
    ...Array.from({ length: 16 - code.length }, () => op('addi')),
  ]);
  machine.program(
    [
      op('andi', { rd: 23, rs1: 17, imm: 15 }),
      op('slli', { rd: 23, rs1: 23, imm: 6 }),
      op('auipc', { rd: 24 }),
      op('add', { rd: 24, rs1: 24, rs2: 23 }),
      op('jalr', { rs1: 24, imm: 0x18 }),
      op('addi'),
      op('addi'),
      op('addi'),
      ...table,
      ...Array.from({ length: 16 - special.length }, () => [
        ...restore,
        ...Array.from({ length: 12 }, () => op('addi')),
      ]).flat(),
    ],
    ramBase + 0x1000,
  );
  machine.setCsr('menvcfg', 1n << 63n);
  machine.setCsr('medeleg', 0xb1ffn);
  machine.setCsr('mideleg', 0x222n);
  machine.setCsr('mie', isGuest ? 0x40n : 0x20n);
  if (isGuest) {
    machine.setCsr('henvcfg', 1n << 63n);
    machine.setCsr('hedeleg', 0xb1ffn);
    machine.setCsr('hideleg', 0x444n);
    machine.setCsr('hgatp', atp(secondStage(machine), { id: 5n }));
  }
  const prefix = isGuest ? 'vs' : 's';
  machine.setCsr(`${prefix}timecmp`, BigInt(clock));
  machine.setCsr(`${prefix}tvec`, handler);
  machine.setCsr(`${prefix}atp`, atp(root));
  machine.setX({ 2: 0x1000n, 20: userPage, 21: atp(other), 22: atp(root) });
  machine.enter(hartMode(0, isGuest), userPage);
  return machine;
}

/** Maps the program, its handler and all tables made so far where they are; returns its root. */
function secondStage(machine: TestMachine): number {
  const root = machine.table();
  for (let page = firstTable; page < root; page += 0x1000) machine.map(root, BigInt(page), page, flags.urwx);
  for (let page = ramBase; page < ramBase + 0x4000; page += 0x1000)
    machine.map(root, BigInt(page), page, flags.urwx);
  return root;
}

function status(mnemonic: 'csrrs' | 'csrrc', bits: number): readonly number[] {
  return [op('lui', { rd: 6, imm: bits }), op(mnemonic, { rd: 0, csr: 0x100, rs1: 6 })];
}

describe('hart/engine: system calls', () => {
  for (const [where, isGuest] of [
    ['on the machine', false],
    ['in a guest', true],
  ] as const) {
    for (const engine of ['interpreter', 'translator'] as const) {
      it(`${where} are taken and returned from as by the reference evaluator, however a run is cut, with the ${engine}`, () => {
        fc.assert(
          fc.property(
            fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 20, maxLength: 80 }),
            fc.integer({ min: 5, max: 400 }),
            (budgets, clock) => {
              const reference = programmed('reference', clock, isGuest);
              const machine = programmed(engine, clock, isGuest);
              for (const budget of budgets) {
                // Where somebody watches traps, wasm leaves them to TypeScript.
                machine.hart.onTrap = budget % 4 === 0 ? () => false : undefined;
                reference.hart.run(budget);
                machine.hart.run(budget);
                assert.deepEqual(
                  Buffer.from(machine.hart.stateBytes).toString('hex'),
                  Buffer.from(reference.hart.stateBytes).toString('hex'),
                );
                assert.deepEqual(machine.hart.trapRecords.list(), reference.hart.trapRecords.list());
              }
            },
          ),
          { numRuns: 5 },
        );
      });
    }

    it(`${where} go on through all that the handler does`, () => {
      const machine = programmed('interpreter', 1_000_000, isGuest);
      machine.hart.run(10_000);
      assert.ok(machine.state.getX(17) > 400n, `${machine.state.getX(17)} calls`);
      assert.equal(machine.hart.trapRecords.list().length < 8, true);
    });

    it(`${where} are done inside, but where SUM or MXR is set, or tables or stacks change`, () => {
      const machine = programmed('interpreter', 1_000_000, isGuest);
      machine.hart.run(10_000);
      const { ecall = 0, sret = 0 } = machine.hart.departures?.instructions ?? {};
      const calls = Number(machine.state.getX(17));
      assert.ok(ecall < 0.5 * calls, `${ecall} calls of ${calls}`);
      assert.ok(sret < 0.75 * calls, `${sret} returns of ${calls}`);
    });
  }

  it('are told to whoever watches traps', () => {
    const machine = programmed('interpreter', 1_000_000);
    machine.hart.run(1000);
    const before = machine.state.getX(17);
    let told = 0n;
    machine.hart.onTrap = ({ trap }) => {
      if (trap.code === 8) told++;
      return false;
    };
    machine.hart.run(1000);
    const after = machine.state.getX(17);
    assert.ok(told > 20n && told <= after - before + 1n, `${told} of ${after - before}`);
  });
});
