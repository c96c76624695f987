import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { encode } from '../../src/isa/encode.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Instruction } from '../../src/isa/instruction.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { Laboratory } from './fixture.ts';
import { kernelBase, TinyGuest } from './tiny-guest.ts';

/**
 * Popek and Goldberg's equivalence, for straight code in supervisor and in user mode: what it computes, stores, prints and
 * faults with is the same on the bare machine and under the VMM.
 */
describe('vmm, compared with the bare machine', () => {
  it('is the same for any instructions, addresses and faults', () => {
    const empty = new TinyGuest().exit(0);
    const laboratory = new Laboratory({ a: empty });
    const printed: number[] = [];
    const bare = createMachine({
      image: empty.software().image,
      ramBytes: 16 * 0x10_0000,
      output: (_port, byte) => printed.push(byte),
    });
    const [guest] = laboratory.vmm.guests;
    assert.ok(guest);
    const start = { bare: bare.save(), hosted: laboratory.machine.save() };

    fc.assert(
      fc.property(instructions, registers, fc.constantFrom('S', 'U'), (body, values, mode) => {
        const program = wrap(body, values, mode).bytes();
        bare.restore(start.bare);
        bare.board.physical.poke(kernelBase, program);
        printed.length = 0;
        const bareStop = bare.run({ budget: 20_000 });

        laboratory.machine.restore(start.hosted);
        guest.memory.write(kernelBase, program);
        const before = laboratory.printed('a').length;
        const hostedStop = laboratory.run(20_000);

        assert.equal(bareStop.kind, 'exit');
        assert.equal(hostedStop.kind, 'exit');
        const [hart] = bare.harts;
        const [vcpu] = guest.vcpus;
        assert.ok(hart && vcpu);
        for (let index = 1; index < 32; index++)
          assert.equal(vcpu.getX(index), hart.state.getX(index), `x${index}`);
        for (const name of ['sscratch', 'scause', 'stval', 'sepc', 'sstatus'] as const)
          assert.equal(vcpu.getCsr(name === 'sstatus' ? 'vsstatus' : `v${name}`), hart.csrs.peek(name), name);
        assert.deepEqual(guest.memory.read(data, 0x1000), bare.board.physical.peek(data, 0x1000));
        assert.equal(laboratory.printed('a').slice(before), String.fromCharCode(...printed));
      }),
      { numRuns: 60 },
    );
  });
});

const data = 0x8030_0000;

/** What differs by intention: the hypervisor extension, counters and time, waiting, and leaving the straight path. */
const excluded = new Set([
  'ecall',
  'mret',
  'sret',
  'wfi',
  'jal',
  'jalr',
  'beq',
  'bne',
  'blt',
  'bge',
  'bltu',
  'bgeu',
  'hinval.vvma',
  'hinval.gvma',
]);
const candidates = allInstructions.filter(
  ({ mnemonic, extension }) => extension !== 'H' && extension !== 'Zicsr' && !excluded.has(mnemonic),
);
const csrInstructions = allInstructions.filter(({ extension }) => extension === 'Zicsr');
const csrs = ['sscratch', 'scause', 'stval', 'sepc', 'scounteren', 'senvcfg', 'mscratch', 'mstatus'].map(
  (name) => csrByName.get(name)?.address ?? assert.fail(name),
);

/** x1 to x29: the handler needs the last two. */
const register = fc.integer({ min: 1, max: 29 });

const anyInstruction: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...candidates).chain(withOperands) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...csrInstructions), register, register, fc.constantFrom(...csrs), fc.nat(31))
      .map(([instruction, rd, rs1, csr, zimm]) => encode(instruction, { rd, rs1, csr, zimm })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }).map((word) => (word & ~0x7f) | 0x0b) },
);

const instructions = fc.array(anyInstruction, { minLength: 1, maxLength: 60 });

function withOperands(instruction: Instruction): fc.Arbitrary<number> {
  const names = new Set(instruction.encoding.fields.map(({ name }) => name));
  return fc
    .tuple(register, register, register, fc.integer({ min: -64, max: 31 }))
    .map(([rd, rs1, rs2, imm]) =>
      encode(instruction, {
        ...(names.has('rd') && { rd }),
        ...(names.has('rs1') && { rs1 }),
        ...(names.has('rs2') && { rs2 }),
        ...(names.has('imm') && { imm: immediateFor(instruction, imm) }),
      }),
    );
}

/** One that the encoding can hold. */
function immediateFor({ mnemonic, syntax }: Instruction, imm: number): number {
  if (syntax.includes('{shamt}')) return imm & 31;
  if (mnemonic.startsWith('prefetch.')) return imm & ~31;
  return mnemonic === 'lui' || mnemonic === 'auipc' ? imm * 0x1000 : imm;
}

/** Numbers, and addresses in RAM (aligned, not, at the edge), in devices, of nothing, and beyond 41 bits. */
const registers = fc.array(
  fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.constantFrom(0n, 1n, -1n, 0x7fffn, 0xffff_ffffn),
    fc.nat(0xf00).map((offset) => BigInt(data + 0x40 + offset)),
    fc.nat(7).map((offset) => BigInt(0x1000_0000 + offset)),
    fc.constantFrom(0x0c00_0004n, 0x0c00_2080n, 0x0c20_1004n, 0x0200_4000n, 0x1000n, 0x4000_0000n, 1n << 41n),
  ),
  { minLength: 29, maxLength: 29 },
);

/** Sets the registers, runs the body, and ends; a fault is mixed into x30 and its instruction skipped. */
function wrap(body: readonly number[], values: readonly bigint[], mode: string): TinyGuest {
  const guest = new TinyGuest().la('t0', 'handler').csrw('stvec', 't0');
  if (mode === 'U') guest.la('t0', 'body').csrw('sepc', 't0').op('sret').label('body');
  // Floating names: xN by number.
  values.forEach((value, index) => guest.li(`x${index + 1}`, value));
  guest.li('x30', 0);
  for (const word of body) guest.word(word);
  return guest
    .exit(0)
    .label('handler')
    .op('slli', { rd: 'x31', rs1: 'x30', imm: 5 })
    .op('sub', { rd: 'x30', rs1: 'x31', rs2: 'x30' })
    .csrr('x31', 'scause')
    .op('add', { rd: 'x30', rs1: 'x30', rs2: 'x31' })
    .csrr('x31', 'stval')
    .op('add', { rd: 'x30', rs1: 'x30', rs2: 'x31' })
    .csrr('x31', 'sstatus')
    .op('add', { rd: 'x30', rs1: 'x30', rs2: 'x31' })
    .csrr('x31', 'sepc')
    .op('addi', { rd: 'x31', rs1: 'x31', imm: 4 })
    .csrw('sepc', 'x31')
    .op('sret');
}
