import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Evaluator } from '../../../src/debugger/expressions/evaluator.ts';
import type { EvaluationContext } from '../../../src/debugger/expressions/evaluation-context.ts';
import type { Variable } from '../../../src/debugger/variable.ts';
import { Pebble } from '../fixture.ts';

describe('debugger/expressions/evaluator, in a process of the sample kernel', () => {
  let pebble: Pebble;
  let evaluator: Evaluator;
  let context: EvaluationContext;

  before(() => {
    pebble = new Pebble('none', 'primes 500');
    pebble.runTo('primes', 'is_prime');
    evaluator = new Evaluator(pebble.target);
    context = pebble.context();
  });

  const variable = (text: string, where = context): Variable => {
    const result = evaluator.evaluate(text, where);
    assert.ok(result.ok, `${text}: ${result.ok ? '' : result.message}`);
    return result.variable;
  };
  const value = (text: string, where = context): string => variable(text, where).value;
  const children = (text: string): readonly Variable[] => variable(text).children?.() ?? [];
  const complete = (text: string): readonly string[] => evaluator.complete(text, text.length, context);
  const fault = (text: string): string => {
    const result = evaluator.evaluate(text, context);
    assert.ok(!result.ok, `${text} gives ${result.ok ? result.variable.value : ''}`);
    return `${result.column}: ${result.message}`;
  };
  const values = (cases: Readonly<Record<string, string>>): void => {
    for (const [text, expected] of Object.entries(cases)) assert.equal(value(text), expected, text);
  };

  it('computes as C does', () => {
    values({
      '1 + 2 * 3': '7',
      '-5 / 2': '-2',
      '-5 % 3': '-2',
      '-1 < 0u': '0',
      '2147483647 + 1': '-2147483648',
      '4294967295 + 1': '4294967296',
      '0xffffffff + 1': '0',
      '0x80000000 + 0x80000000': '0',
      '1 << 40': '1099511627776',
      '-8 >> 1': '-4',
      '~0': '-1',
      "'a' + 1": '98',
      '(char)200 + 0': '200',
      '(signed char)200': '-56',
      '(int)0xffffffff': '-1',
      '(bool)5': 'true',
      '0 && 1 / 0': '0',
      '1 || 1 / 0': '1',
      '2 > 1 ? 5 : 1 / 0': '5',
      '0xfffffffffffffffful + 2': '1',
    });
  });

  it('finds variables of the frame, of its image, and of the kernel below', () => {
    values({
      number: '2',
      found: '0',
      is_prime: '0x1000a → is_prime',
      'primes!last_prime': '0',
      'current->name': '"primes"',
      'pebble!current': '0xffffffc08021d690 → processes+0xf0',
      'current->parent->name': '"init"',
      'current == &processes[1]': '1',
      PROCESS_RUNNING: 'PROCESS_RUNNING',
      'init!main': '0x1000a → init.elf!main',
    });
    assert.equal(value('limit', pebble.context(1)), '500', 'a local of the caller');
    assert.equal(fault('limit'), "0: there is no 'limit' here");
    assert.match(fault('init!library_version'), /^0: init has no 'library_version'$/);
  });

  it('walks types: members, elements, slices, addresses, casts, sizes', () => {
    values({
      'current->state': 'PROCESS_RUNNING',
      'current->state == PROCESS_RUNNING': '1',
      '(enum process_state)0': 'PROCESS_FREE',
      'processes[1].name[0]': "112 'p'",
      '*current->name': "112 'p'",
      'processes[0..2]':
        '[2] {{pid = 1, state = PROCESS_WAITING, name = "init", …}, {pid = 2, state = PROCESS_RUNNING, name = "primes", …}}',
      '&processes[2] - &processes[0]': '2',
      '(char *)&processes[2] - (char *)&processes[0]': '480',
      'sizeof(struct process)': '240',
      'sizeof processes / sizeof processes[0]': '32',
      '*(unsigned long *)&found': '0',
      '((struct process *)&processes)->pid': '1',
      '(processes + 1)->pid': '2',
      'current.pid': '2',
      '(current)->pid': '2',
      'machine.ram': '{start = 2147483648, size = 134217728}',
      '&machine.ram.size': '0xffffffc08021d220 → machine+0x10',
      '(unsigned int)text_end == *(unsigned int *)&text_end': '1',
      '(unsigned int)text_end != 0': '1',
      'names[2]': '0xffffffc08021a180 "illegal instruction"',
    });
    assert.equal(variable('current').type, 'struct process *');
    assert.equal(variable('&current->pid').type, 'int *');
  });

  it('compares strings, in arrays and behind pointers', () => {
    values({
      'current->name == "primes"': '1',
      'current->name != "primes"': '0',
      'options.run == "primes 500"': '1',
      'current->name < "sh"': '1',
    });
    assert.equal(fault('current->pid == "x"'), '0: text compares with text only');
  });

  it('reads registers, CSRs and their fields', () => {
    values({
      $a0: '0x2',
      $x10: '0x2',
      $pc: '0x10010',
      '$a0 == number': '1',
      $mode: 'U',
      '$satp.MODE': 'Sv39',
      '$satp.MODE == 8': '1',
      '$satp.MODE == "Sv39"': '1',
      '$satp >> 60': '8',
      '$sstatus.SPP': 'U',
      $mhartid: '0x0',
    });
    assert.equal(fault('$a42'), "0: there is no register '$a42'");
    assert.equal(fault('$satp.FOO'), "6: satp has no field 'FOO'; it has MODE, ASID, PPN");
  });

  it('names spaces', () => {
    const physical = BigInt(value('walk(&found)'));
    assert.equal(value(`hpa(${physical})`), '0x0');
    assert.equal(variable(`hpa(${physical})`).memoryReference, `hpa:0x${physical.toString(16)}`);
    assert.equal(variable('walk(&found)').memoryReference, `hpa:0x${physical.toString(16)}`);
    assert.equal(value('*(struct process *)walk(current)').slice(0, 10), '{pid = 2, ');
    assert.equal(value('*(int *)&hpa(walk(&current->pid))'), '2');
    assert.equal(fault('walk(0)'), '5: 0x0 is not mapped');
    assert.match(fault('gpa(0x80000000)'), /^0: there is no guest-physical memory here/);
  });

  it('says where values lie', () => {
    const space = `gva:-:${value('$satp')}`;
    assert.equal(variable('found').memoryReference, `${space}:0x12000`);
    assert.equal(
      variable('current').memoryReference,
      `${space}:0xffffffc08021d690`,
      'where a pointer points',
    );
    assert.equal(variable('$sp').memoryReference, `${space}:${value('$sp')}`);
    assert.equal(variable('$satp').memoryReference, undefined);
    assert.equal(variable('1 + 1').memoryReference, undefined);
  });

  it('points at what is wrong', () => {
    const cases: Readonly<Record<string, string>> = {
      '': '0: an expression is missing',
      '1 +': '3: a value is missing at the end',
      'found + nope': "8: there is no 'nope' here",
      'current->nope': "9: struct process has no member 'nope'",
      'number->x': "0: this is no pointer: write '.'",
      '*number': '0: this is no pointer',
      '&1': '0: this does not lie in memory, so it has no address',
      '1 / 0': '0: this divides by zero',
      '(struct nope *)0': "1: there is no type 'struct nope'",
      'main()': '0: functions of the guest are not called; there are gpa(), hpa() and walk()',
      gpa: "0: 'gpa' is known at a VM exit only",
      tval: "0: 'tval' is known at a trap only",
      'x!y': "0: there is no image 'x'",
      '*(int *)0': '0: memory at 0x0 cannot be read',
      '5 = 6': '0: this cannot be changed',
      'processes[3..1]': '13: this slice ends before it begins',
      'processes[0..99999999]': '13: a slice has at most 1048576 elements',
    };
    for (const [text, expected] of Object.entries(cases)) {
      if (text === '*(int *)0') assert.equal(value(text), '<memory at 0x0 cannot be read>');
      else assert.equal(fault(text), expected, text);
    }
  });

  it('opens values part by part', () => {
    assert.deepEqual(
      children('current')
        .slice(0, 3)
        .map((child) => [child.name, child.value, child.evaluateName]),
      [
        ['pid', '2', 'current->pid'],
        ['state', 'PROCESS_RUNNING', 'current->state'],
        ['name', '"primes"', 'current->name'],
      ],
    );
    assert.deepEqual(
      children('processes')
        .slice(1, 2)
        .map((child) => child.evaluateName),
      ['processes[1]'],
    );
    assert.equal(children('&found')[0]?.evaluateName, '*(&found)');
    assert.deepEqual(
      children('$satp').map((child) => [child.name, child.value]),
      [
        ['MODE', 'Sv39 (8)'],
        ['ASID', '0'],
        ['PPN', '0x80230'],
      ],
    );
    for (const child of children('current')) assert.equal(value(child.evaluateName ?? ''), child.value);
  });

  it('shows long arrays in ranges', () => {
    const [first, second] = variable('((char *)processes)[0..25000]').children?.() ?? [];
    assert.equal(first?.name, '[0..9999]');
    assert.equal(second?.name, '[10000..19999]');
    const inner = second?.children?.() ?? [];
    assert.equal(inner.length, 100);
    assert.equal(inner[1]?.name, '[10100..10199]');
    assert.equal(inner[1]?.children?.()[5]?.name, '[10105]');
  });

  it('completes names', () => {
    assert.deepEqual(complete('1 + curr'), ['current']);
    assert.deepEqual(complete('current->pa'), ['parent', 'page_faults']);
    assert.deepEqual(complete('processes[1].na'), ['name']);
    assert.deepEqual(complete('$satp.'), ['MODE', 'ASID', 'PPN']);
    assert.deepEqual(complete('$sat'), ['$satp']);
    assert.ok(complete('pebble!process_').includes('process_exit'));
    assert.deepEqual(complete('num'), ['number']);
  });

  it('never throws and changes nothing, whatever is evaluated', () => {
    const part = fc.constantFrom(
      ...'current processes number found $a0 $satp .MODE -> . [ ] [0..9] * & ( ) + - / % << 1 0 99999999999 "a" sizeof '.split(
        ' ',
      ),
      '(int)',
      '(struct process *)',
      'walk(',
      'hpa(',
      'pebble!',
      ' ',
      '==',
      '?',
      ':',
    );
    const before = pebble.target.machine.hash();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const result = evaluator.evaluate(text, context);
        if (result.ok) result.variable.children?.();
        else assert.ok(result.column >= 0 && result.column <= text.length, `${text}: ${result.column}`);
        evaluator.complete(text, text.length, context);
        return true;
      }),
      { numRuns: 300 },
    );
    assert.equal(pebble.target.machine.hash(), before);
  });

  it('bounds what is hostile', () => {
    assert.match(fault('1+'.repeat(4000) + '1'), /this nests too deeply/);
    assert.match(fault('*'.repeat(3000) + 'current'), /this nests too deeply/);
    assert.match(fault('a.'.repeat(4000) + 'a'), /this nests too deeply/);
    assert.match(fault('1'.repeat(20_000)), /too long/);
    assert.match(fault('9'.repeat(100)), /more than 64 bits/);
    assert.equal(value('processes[99999999999999]').slice(0, 1), '{');
  });
});

describe('debugger/expressions/evaluator, assigning', () => {
  let pebble: Pebble;
  let evaluator: Evaluator;

  before(() => {
    pebble = new Pebble('none', 'primes 500');
    pebble.runTo('primes', 'is_prime');
    evaluator = new Evaluator(pebble.target);
  });

  const value = (text: string): string => {
    const result = evaluator.evaluate(text, pebble.context());
    return result.ok ? result.variable.value : result.message;
  };
  const assign = (text: string, to: string, depth = 0): string => {
    const result = evaluator.evaluate(text, pebble.context(depth));
    assert.ok(result.ok);
    const assigned = result.variable.assign?.(to);
    assert.ok(assigned, `${text} can be changed`);
    return assigned.ok ? assigned.value : assigned.message;
  };

  it('writes memory, with the conversion to the type', () => {
    assert.equal(value('found = 7'), '7');
    assert.equal(value('*(unsigned char *)&found'), '7');
    assert.equal(assign('found', 'found * 2'), '14');
    assert.equal(assign('pebble!processes[2].pid', '0x1ffffffff'), '-1');
    assert.equal(assign('current->interrupted', '5'), 'true');
    assert.equal(assign('current->state', 'PROCESS_WAITING'), 'PROCESS_WAITING');
    assert.equal(value('current->state = PROCESS_RUNNING'), 'PROCESS_RUNNING');
  });

  it('writes strings and whole records', () => {
    assert.equal(assign('current->name', '"other"'), '"other"');
    assert.match(assign('current->name', '"much too long for that"'), /takes 23 bytes, and there are 16/);
    assert.equal(value('processes[2] = processes[1]').slice(0, 10), '{pid = 2, ');
    assert.equal(value('processes[2].name'), '"other"');
  });

  it('shows in a string what cannot be seen, as C writes it', () => {
    [...Buffer.from('a"\\\n\u001b\u0001\u0085é\0')].forEach((byte, index) =>
      value(`current->name[${index}] = ${byte}`),
    );
    assert.equal(value('current->name'), String.raw`"a\"\\\n\e\x01\x85é"`);
  });

  it('writes registers and variables in them', () => {
    assert.equal(value('$a0 = 3'), '0x3');
    assert.equal(value('number'), '3', 'it lives in a0');
    assert.equal(assign('number', '-1'), '-1');
    assert.equal(value('$a0'), '0xffffffffffffffff');
    assert.equal(value('$pc = $pc'), '0x10010');
    assert.match(assign('$s1', '1', 1), /of a frame that has called another/);
    assert.match(value('$zero = 1'), /zero is always 0/);
  });

  it('tells that something was written, and writes nothing where nobody listens', () => {
    let assigned = 0;
    const stop = evaluator.onDidAssign(() => assigned++);
    value('found = 1');
    assign('found', '2');
    assert.match(assign('found', 'last_prime = 3'), /nothing can be assigned here/);
    assert.deepEqual(evaluator.isTrue('found = 9', pebble.context()), {
      ok: false,
      message: 'nothing can be assigned here',
      column: 0,
    });
    assert.deepEqual(evaluator.textOf('found', pebble.context()), { ok: true, value: '2' });
    assert.equal(evaluator.textOf('found = 9', pebble.context()).ok, false);
    const looked = evaluator.evaluate('found = 9', pebble.context(), 'look');
    assert.deepEqual(looked.ok ? '' : looked.message, 'nothing can be assigned here');
    assert.equal(assigned, 2);
    stop();
  });

  it('leaves to CSRs what they take', () => {
    assert.equal(assign('$sscratch', '0x55'), '0x55');
    assert.equal(assign('$satp.MODE', '5'), 'Sv39', 'WARL');
    assert.equal(assign('$sstatus.SUM', '1'), '1');
    assert.equal(value('($sstatus >> 18) & 1'), '1');
    assert.equal(assign('$sstatus.SPP', 'S'), 'S');
    assert.equal(value('$mhartid = 1'), 'this cannot be changed');
  });
});
