import assert from 'node:assert/strict';
import { Evaluator } from '../../../src/debugger/expressions/evaluator.ts';
import type { EvaluationContext } from '../../../src/debugger/expressions/evaluation-context.ts';
import { HartCpu } from '../../../src/debugger/target/cpu.ts';
import { exception, exceptionCode, type TakenTrap } from '../../../src/hart/trap.ts';
import { Pebble } from '../fixture.ts';

describe('debugger/expressions/evaluator, at events', () => {
  let pebble: Pebble;
  let evaluator: Evaluator;

  before(() => {
    pebble = new Pebble('hosted', 'primes 500');
    evaluator = new Evaluator(pebble.target);
  });

  const value = (text: string, context: EvaluationContext = pebble.context()): string => {
    const result = evaluator.evaluate(text, context);
    return result.ok ? result.variable.value : `${result.column}: ${result.message}`;
  };
  const isTrue = (text: string): boolean => {
    const result = evaluator.isTrue(text, pebble.context());
    assert.ok(result.ok, result.ok ? '' : result.message);
    return result.value;
  };

  it('tells of a device access', () => {
    pebble.runToExit('mmio-store');
    assert.equal(value('exit.reason'), 'mmio-store');
    assert.equal(value('reason'), 'mmio-store');
    assert.equal(value('gpa'), '0x10000000');
    assert.equal(value('device'), 'uart0');
    assert.ok(isTrue('gpa == 0x10000000 && write'));
    assert.ok(isTrue('guest == "a" && vcpu == 0 && size == 1'));
    assert.ok(isTrue('device == "uart0" && register == "THR" && value >= 0x20'));
    assert.ok(isTrue('from == "kernel"'));
    assert.ok(isTrue('exit.code == 23 && exit.cause == "store/AMO guest-page fault"'));
    assert.ok(isTrue('$hgatp.VMID == 1'));
    assert.ok(isTrue('gva == exit.stval && gva != gpa'));
    assert.equal(value('gpa.x'), '4: long unsigned int has no members');
    assert.match(value('exit.nope'), /^5: there is no 'nope' here, but reason, /);
  });

  it('tells of a hypercall, and that it has no address', () => {
    pebble.runToExit('hypercall');
    assert.equal(value('hypercall.name'), 'sbi_set_timer');
    assert.ok(isTrue('hypercall.number == 0x54494d45 && hypercall.function == 0'));
    assert.ok(isTrue('hypercall.arguments[0] == $a0 || hypercall.arguments[0] != 0'));
    assert.equal(value('gpa'), 'none');
    assert.equal(isTrue('gpa == 0x10000000'), false);
    assert.equal(isTrue('gpa'), false);
    assert.ok(isTrue('gpa != 0 && !device'));
    assert.equal(value('hypercall.arguments[9]'), '0: there are 6 of these, from 0 on');
    assert.equal(value('gpa + 1'), '0: there is no value here');
  });

  it('reads the memory that the guest takes for physical', () => {
    const guestPhysical = value('*(unsigned *)&gpa(0x80200000)');
    assert.equal(value('*(unsigned *)0xffffffc080200000'), guestPhysical);
    const host = value('walk(0xffffffc080200000)');
    assert.notEqual(host, '0x80200000', 'the second stage moves it');
    assert.equal(value(`*(unsigned *)&hpa(${host})`), guestPhysical);
  });

  it('tells of a trap', () => {
    const trap: TakenTrap = {
      trap: exception(exceptionCode.loadPageFault, 0x1234n),
      step: 7,
      pc: 0x100n,
      from: { privilege: 0, virtual: true },
      to: { privilege: 1, virtual: true },
    };
    const context: EvaluationContext = { ...pebble.context(), exit: undefined, trap };
    assert.equal(value('cause', context), 'load page fault');
    assert.equal(value('code == 13 && tval == 0x1234 && !interrupt', context), '1');
    assert.equal(value('from == "process" && to == "kernel" && pc == 0x100 && guest == "a"', context), '1');
  });

  it('sees guests’ memory from a frame of the VMM, whose processor is the hart', () => {
    const context = pebble.context();
    const inVmm = { ...context, thread: { ...context.thread, cpu: new HartCpu(context.thread.hart) } };
    for (const text of ['*(unsigned *)&gpa(0x80200000)', '*(unsigned *)0xffffffc080200000'])
      assert.equal(value(text, inVmm), value(text));
    assert.equal(value('$mode', { ...inVmm, activation: undefined }), 'S');
    assert.equal(value('$satp', inVmm), '0x0', 'of HS mode');
    assert.notEqual(value('$satp'), '0x0', 'of the guest');
    assert.equal(value('text', inVmm), value('text'), 'a local of the guest’s frame, wherever the VMM is');
  });

  it('does not unwind a stack for a condition on the event alone', () => {
    const { thread, exit } = pebble.context();
    const context: EvaluationContext = {
      thread,
      exit,
      trap: undefined,
      precedence: 'event',
      get activation(): never {
        throw new Error('unwound');
      },
    };
    assert.deepEqual(evaluator.isTrue('hypercall.number == 0x54494d45', context), { ok: true, value: true });
  });
});

describe('debugger/expressions/evaluator, where an event and a frame know a name', () => {
  it('takes the one that has precedence', () => {
    const pebble = new Pebble('none', 'fault null');
    pebble.runTo('pebble', 'process_kill');
    const evaluator = new Evaluator(pebble.target);
    const trap: TakenTrap = {
      trap: exception(exceptionCode.illegalInstruction),
      step: 7,
      pc: 0x100n,
      from: { privilege: 0, virtual: false },
      to: { privilege: 1, virtual: false },
    };
    const value = (precedence: 'event' | 'frame'): string => {
      const result = evaluator.evaluate('cause', { ...pebble.context(), trap, precedence });
      return result.ok ? result.variable.value : result.message;
    };
    assert.equal(value('event'), 'illegal instruction');
    assert.equal(value('frame'), '15', 'the argument of process_kill');
  });
});
