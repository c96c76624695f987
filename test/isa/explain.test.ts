import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import { explainInstruction, explainMnemonic } from '../../src/isa/explain.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { macroInstructions, pseudoInstructions } from '../../src/isa/pseudo-instructions.ts';

describe('isa/explain', () => {
  it('tells of an instruction its summary, meaning, exceptions and sensitivity', () => {
    const text = explainMnemonic('hlv.w') ?? '';
    assert.match(text, /^\*\*`hlv\.w rd, \(rs1\)`\*\* · H$/m);
    assert.match(text, /Loads a word, sign-extended, as the guest would\./);
    assert.match(text, /^rd = signExtend\(guestMemory32\[rs1\]\)$/m);
    assert.match(text, /^- illegal instruction in U where hstatus\.HU = 0 \(Priv\. .*\)$/m);
    assert.match(text, /behaviour-sensitive/);
  });

  it('knows every mnemonic that it disassembles or an assembler takes', () => {
    const entries = [...allInstructions, ...allCompressed, ...pseudoInstructions, ...macroInstructions];
    for (const { mnemonic, summary } of entries) {
      assert(explainMnemonic(mnemonic)?.startsWith(`**\`${mnemonic}`), mnemonic);
      assert(summary.endsWith('.'), mnemonic);
    }
  });

  it('takes ordering suffixes and capitals', () => {
    assert.equal(explainMnemonic('AMOADD.W.aqrl'), explainMnemonic('amoadd.w'));
    assert.equal(explainMnemonic('add.w.aq'), undefined);
    assert.equal(explainMnemonic('bogus'), undefined);
  });

  it('tells of an instruction in memory its text, and of a CSR access what the CSR demands', () => {
    const text = explainInstruction(decoded(0x1805_1073));
    assert.match(text, /^\*\*`csrw satp,a0`\*\* · Zicsr/);
    assert.match(text, /- illegal instruction in HS where mstatus\.TVM = 1/);
    assert.match(text, /privileged, control-sensitive, behaviour-sensitive/);
  });

  it('tells of a 16-bit instruction what it stands for', () => {
    const text = explainInstruction(decoded(0x8082));
    assert.match(text, /^\*\*`ret`\*\* · Zca/);
    assert.match(text, /16-bit form of `jalr` with rd = 0\./);
  });
});

function decoded(word: number): NonNullable<ReturnType<typeof decode>> {
  const instruction = decode(word);
  assert(instruction);
  return instruction;
}
