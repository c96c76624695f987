import assert from 'node:assert/strict';
import { allCsrs, csrByName } from '../../src/isa/csrs/index.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Instruction } from '../../src/isa/instruction.ts';
import { accessesCsr, sensitivityClasses, sensitivityOf } from '../../src/isa/sensitivity.ts';

describe('isa/sensitivity', () => {
  it('finds the sensitive instructions, apart from CSR accesses', () => {
    const sensitive = allInstructions.filter((instruction) => {
      const { controlSensitive, behaviourSensitive } = sensitivityOf(instruction);
      return !accessesCsr(instruction) && (controlSensitive || behaviourSensitive);
    });
    const mnemonics = sensitive.map(({ mnemonic }) => mnemonic).toSorted();
    assert.equal(
      mnemonics.join(' '),
      [
        'hfence.gvma hfence.vvma hinval.gvma hinval.vvma hlv.b hlv.bu hlv.d hlv.h hlv.hu hlv.w hlv.wu hlvx.hu hlvx.wu',
        'hsv.b hsv.d hsv.h hsv.w mret sfence.vma sinval.vma sret wfi',
      ].join(' '),
    );
  });

  it('meets the condition of Popek and Goldberg: whatever is sensitive can be made to trap in U mode', () => {
    for (const instruction of allInstructions) {
      for (const csr of accessesCsr(instruction) ? allCsrs : [undefined]) {
        const { controlSensitive, behaviourSensitive, trapsInUserMode } = sensitivityOf(instruction, csr);
        if (controlSensitive) assert.equal(trapsInUserMode, 'always', `${instruction.mnemonic} ${csr?.name}`);
        if (behaviourSensitive) assert.notEqual(trapsInUserMode, 'never', instruction.mnemonic);
      }
    }
  });

  it('names the classes', () => {
    assert.deepEqual(classes('add'), ['innocuous']);
    assert.deepEqual(classes('ecall'), ['innocuous']);
    assert.deepEqual(classes('mret'), ['privileged', 'control-sensitive']);
    assert.deepEqual(classes('hlv.w'), ['privileged by configuration', 'behaviour-sensitive']);
    assert.deepEqual(classes('csrrs', 'time'), ['privileged by configuration', 'behaviour-sensitive']);
    assert.deepEqual(classes('csrrw', 'satp'), ['privileged', 'control-sensitive', 'behaviour-sensitive']);
  });
});

function classes(mnemonic: string, csrName?: string): readonly string[] {
  const instruction = allInstructions.find((entry: Instruction) => entry.mnemonic === mnemonic);
  assert(instruction);
  return sensitivityClasses(sensitivityOf(instruction, csrName ? csrByName.get(csrName) : undefined));
}
