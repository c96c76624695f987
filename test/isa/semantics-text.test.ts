import assert from 'node:assert/strict';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import { semanticsText } from '../../src/isa/semantics-text.ts';

describe('isa/semantics-text', () => {
  const rows: readonly (readonly [string, ...string[]])[] = [
    ['addi', 'rd = rs1 + imm'],
    ['addw', 'rd = signExtend32(rs1 + rs2)'],
    ['sraw', 'rd = signExtend32(signExtend32(rs1) >> (rs2 & 31))'],
    ['sltu', 'rd = (rs1 <u rs2)'],
    ['mulhsu', 'rd = mulhsu(rs1, rs2)'],
    ['jalr', 'pc = (rs1 + imm) & -2', 'rd = nextPc'],
    ['bge', 'if rs1 >= rs2: pc = pc + imm'],
    ['lhu', 'rd = zeroExtend(memory16[rs1 + imm])'],
    ['sd', 'memory64[rs1 + imm] = rs2'],
    ['lr.d', 'rd = loadReserved64(rs1)'],
    ['sc.w', 'rd = storeConditional32(rs1, rs2)'],
    ['amomaxu.w', 'rd = amomaxu32(rs1, rs2)'],
    ['hlvx.hu', 'rd = zeroExtend(guestCode16[rs1])'],
    ['hsv.b', 'guestMemory8[rs1] = rs2'],
    ['sret'],
  ];
  for (const [name, ...lines] of rows) {
    it(`tells what ${name} does`, () => {
      const instruction = allInstructions.find(({ mnemonic }) => mnemonic === name);
      assert(instruction);
      assert.deepEqual(semanticsText(instruction.semantics), lines);
    });
  }
});
