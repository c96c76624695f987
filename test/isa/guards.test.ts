import assert from 'node:assert/strict';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Guard, Mode } from '../../src/isa/instruction.ts';

const modes: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];
/** One letter a mode, in the order above: `-` nothing, `i` illegal instruction, `v` virtual instruction. */
type Row = readonly [name: string, fieldsThatAreOne: readonly string[], raised: string];

describe('isa/guards', () => {
  const instructionRows: readonly Row[] = [
    ['mret', [], '-iiii'],
    ['sret', [], '--i-v'],
    ['sret', ['mstatus.TSR'], '-ii-v'],
    ['sret', ['hstatus.VTSR'], '--ivv'],
    ['wfi', [], '--i-v'],
    ['wfi', ['mstatus.TW'], '-iiii'],
    ['wfi', ['hstatus.VTW'], '--ivv'],
    ['wfi', ['mstatus.TW', 'hstatus.VTW'], '-iiii'],
    ['sfence.vma', [], '--i-v'],
    ['sfence.vma', ['mstatus.TVM'], '-ii-v'],
    ['sfence.vma', ['hstatus.VTVM'], '--ivv'],
    ['hfence.vvma', ['mstatus.TVM'], '--ivv'],
    ['hfence.gvma', [], '--ivv'],
    ['hfence.gvma', ['mstatus.TVM'], '-iivv'],
    ['hlv.d', [], '--ivv'],
    ['hlvx.wu', ['hstatus.HU'], '---vv'],
    ['hsv.b', ['hstatus.HU'], '---vv'],
    ['cbo.inval', [], '-iiii'],
    ['cbo.inval', ['menvcfg.CBIE'], '--ivv'],
    ['cbo.clean', ['menvcfg.CBCFE', 'senvcfg.CBCFE'], '---vv'],
    ['cbo.flush', ['menvcfg.CBCFE', 'henvcfg.CBCFE'], '--i-v'],
    ['cbo.zero', ['menvcfg.CBZE', 'senvcfg.CBZE', 'henvcfg.CBZE'], '-----'],
    ['cbo.zero', ['senvcfg.CBZE', 'henvcfg.CBZE'], '-iiii'],
    ['prefetch.w', [], '-----'],
    ['wrs.nto', ['mstatus.TW', 'hstatus.VTW'], '-----'],
    ['ecall', [], '-----'],
    ['fence.i', [], '-----'],
    ['ld', [], '-----'],
  ];
  for (const [name, ones, raised] of instructionRows) {
    it(`lets ${name} trap where the manual says, with ${ones.join(' and ') || 'nothing'} set`, () => {
      const instruction = allInstructions.find(({ mnemonic }) => mnemonic === name);
      assert(instruction);
      assert.equal(outcome(instruction.guards, ones), raised);
    });
  }

  const counters = ['mcounteren.TM', 'hcounteren.TM', 'scounteren.TM'];
  const sstc = ['mcounteren.TM', 'menvcfg.STCE', 'hcounteren.TM', 'henvcfg.STCE'];
  const csrRows: readonly Row[] = [
    ['mstatus', [], '-iiii'],
    ['pmpcfg0', [], '-iiii'],
    ['sstatus', [], '--i-v'],
    ['scounteren', [], '--i-v'],
    ['hstatus', [], '--ivv'],
    ['vsstatus', [], '--ivv'],
    ['hgeip', [], '--ivv'],
    ['satp', ['mstatus.TVM'], '-ii-v'],
    ['satp', ['hstatus.VTVM'], '--ivv'],
    ['vsatp', ['mstatus.TVM'], '--ivv'],
    ['hgatp', ['mstatus.TVM'], '-iivv'],
    ['time', [], '-iiii'],
    ['time', ['mcounteren.TM'], '--ivv'],
    ['time', ['mcounteren.TM', 'hcounteren.TM'], '--i-v'],
    ['time', ['mcounteren.TM', 'scounteren.TM'], '---vv'],
    ['time', counters, '-----'],
    ['hpmcounter3', counters, '-iiii'],
    ['stimecmp', [], '-iiii'],
    ['stimecmp', ['mcounteren.TM'], '-iiii'],
    ['stimecmp', ['mcounteren.TM', 'menvcfg.STCE'], '--ivv'],
    ['stimecmp', sstc, '--i-v'],
    ['vstimecmp', sstc, '--ivv'],
    ['vstimecmp', ['menvcfg.STCE'], '-iiii'],
  ];
  for (const [name, ones, raised] of csrRows) {
    it(`lets an access to ${name} trap where the manual says, with ${ones.join(' and ') || 'nothing'} set`, () => {
      const csr = csrByName.get(name);
      assert(csr);
      assert.equal(outcome(csr.guards, ones), raised);
    });
  }
});

function outcome(guards: readonly Guard[], ones: readonly string[]): string {
  return modes
    .map((mode) => {
      const decisive = guards.find(
        ({ modes: guarded, field, equals }) =>
          guarded.includes(mode) && (field === undefined || Number(ones.includes(field)) === equals),
      );
      return decisive?.raises.charAt(0) ?? '-';
    })
    .join('');
}
