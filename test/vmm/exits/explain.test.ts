import assert from 'node:assert/strict';
import { explainExit, summarizeStages } from '../../../src/vmm/exits/explain.ts';
import { titleOf } from '../../../src/vmm/exits/title.ts';
import { Laboratory } from '../fixture.ts';
import { TinyGuest } from '../tiny-guest.ts';

describe('vmm/exits/explain', () => {
  it('tells the handling of a device store, stage by stage', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().print('h').exit(0) });
    laboratory.runToEnd();
    const record = laboratory.vmm.exit(0);
    assert.ok(record);
    assert.equal(titleOf(record), 'guest-page fault (store, uart0.THR)');
    assert.deepEqual(explainExit(record), {
      lines: [
        'Exit 0 of guest a, vCPU 0: guest-page fault (store, uart0.THR)',
        '',
        "exit      The guest's kernel left to HS mode at sb t1,0(t0): scause = 0x17 (store/AMO guest-page fault), sepc = 0x80200008, stval = 0x10000000, htval = 0x4000000, htinst = 0x600023.",
        'decode    htinst is 0x600023, the instruction without its address: a store of 1 byte from t1, which holds 0x68.',
        'find      GPA 0x10000000 belongs to uart0 of guest a: its register THR.',
        'emulate   uart0.THR takes 0x68; the store is done.',
        'resume    SRET enters the same vCPU again.',
      ],
      currentLine: 7,
      stageLines: [3, 4, 5, 6, 7],
    });
  });

  it('follows the stages of an exit under way', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().op('csrrs', { rd: 't0', csr: 'hgatp' }).exit(0) });
    const seen: string[] = [];
    for (;;) {
      const stop = laboratory.machine.run({ budget: 100, stopBeforeStage: () => true });
      if (stop.kind !== 'stage' || seen.length === 5) break;
      const exit = laboratory.vmm.currentExit;
      assert.ok(exit);
      const { lines, currentLine } = explainExit(exit.record);
      assert.equal(exit.stage, stop.stage);
      assert.ok(lines[currentLine - 1]?.startsWith(exit.stage));
      seen.push(`${exit.stage}: ${exit.record.injected?.code}`);
    }
    assert.deepEqual(seen, [
      'exit: undefined',
      'decode: undefined',
      'find: undefined',
      'inject: undefined',
      'resume: 2',
    ]);
  });

  it('has a sentence for every stage of every kind of exit', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .op('csrrs', { rd: 't0', csr: 'hgatp' })
      .op('hfence.gvma')
      .op('ebreak')
      .sbi(0x10, 0)
      .sbi(0x99, 0)
      .li('t0', 0x1000_0005)
      .op('lbu', { rd: 't1', rs1: 't0' })
      .li('t0', 0x4000_0000)
      .op('lbu', { rd: 't1', rs1: 't0' })
      .op('sb', { rs1: 't0', rs2: 't1' })
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .sbi(0x5449_4d45, 0, 1000)
      .op('wfi')
      .exit(0)
      .label('handler')
      .csrr('t6', 'sepc')
      .op('addi', { rd: 't6', rs1: 't6', imm: 4 })
      .csrw('sepc', 't6')
      .op('sret');
    const laboratory = new Laboratory({ a: guest }, { intercept: ['breakpoint'] });
    laboratory.runToEnd();
    const records = [...laboratory.vmm.newestExits()];
    assert.ok(records.length >= 10);
    for (const record of records) {
      const { lines } = explainExit(record);
      for (const line of lines.slice(2)) {
        assert.match(line, /^[a-z]+ +[A-Z0-9a-z].*\.$/, line);
        assert.doesNotMatch(line, /undefined|NaN|\[object/, line);
      }
      assert.doesNotMatch(titleOf(record), /undefined|NaN/);
      assert.deepEqual(
        summarizeStages(record).map(({ stage }) => stage),
        record.stages,
      );
    }
  });
});
