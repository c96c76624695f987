import assert from 'node:assert/strict';
import { Evaluator } from '../../../src/debugger/expressions/evaluator.ts';
import { readFloat } from '../../../src/debugger/expressions/float.ts';
import { variableValue } from '../../../src/debugger/expressions/names.ts';
import { Surroundings } from '../../../src/debugger/expressions/surroundings.ts';
import { scopesOf } from '../../../src/debugger/scopes/scopes.ts';
import type { Scope, Variable } from '../../../src/debugger/variable.ts';
import type { VariableSymbol } from '../../../src/symbols/variable-index.ts';
import { Pebble } from '../fixture.ts';

/** The scopes of the frame with this name. */
function scopes(pebble: Pebble, frameName: string): readonly Scope[] {
  const frame = pebble.stacks.framesOf(pebble.thread).find(({ name }) => name === frameName);
  assert.ok(frame, frameName);
  const { target, stacks } = pebble;
  return scopesOf(stacks.subject(frame.id), { target, evaluator: new Evaluator(target) });
}

/** A variable by the names that lead to it, from the scope on. */
function at(from: readonly Scope[], ...path: readonly string[]): Variable {
  const [scopeName, ...names] = path;
  const scope = from.find(({ name }) => name === scopeName);
  assert.ok(scope, scopeName);
  let children = scope.variables();
  let found: Variable | undefined;
  for (const name of names) {
    found = children.find((child) => child.name === name);
    assert.ok(found, `${name} among ${children.map((child) => child.name).join(', ')}`);
    children = found.children?.() ?? [];
  }
  assert.ok(found);
  return found;
}

function openAll(variables: readonly Variable[], depth: number): void {
  if (depth > 0) for (const variable of variables) openAll(variable.children?.() ?? [], depth - 1);
}

describe('debugger/scopes, on the bare machine', () => {
  let pebble: Pebble;

  before(() => {
    pebble = new Pebble('none', 'primes 500');
    pebble.runTo('primes', 'is_prime');
  });

  it('gives a frame the variables that it has, its registers and the views', () => {
    const frame = scopes(pebble, 'primes!is_prime');
    assert.deepEqual(
      frame.map(({ name, kind, expensive }) => [name, kind, expensive]),
      [
        ['Arguments', 'arguments', false],
        ['Registers', 'registers', false],
        ['Globals of primes', 'view', true],
        ['Floating point', 'registers', true],
        ['Process view', 'view', true],
        ['System view', 'view', true],
      ],
    );
    assert.equal(at(frame, 'Arguments', 'number').value, '2');
    assert.equal(at(frame, 'Registers', 'a0').value, '0x2');
    assert.equal(at(frame, 'Globals of primes', 'found').evaluateName, 'primes!found');
  });

  it('shows of a caller what its callee has saved, and lets nothing of it be changed', () => {
    const frame = scopes(pebble, 'primes!main');
    assert.equal(at(frame, 'Locals', 'limit').value, '500');
    assert.equal(at(frame, 'Registers', 's2').value, '0x1f4');
    assert.equal(at(frame, 'Registers', 'a0').value, '<not saved>');
    assert.equal(at(frame, 'Registers', 's2').assign, undefined);
    assert.match(at(frame, 'Arguments', 'argc').value, /^<optimized out/);
  });

  it('views the process from outside', () => {
    const frame = scopes(pebble, 'primes!is_prime');
    assert.equal(at(frame, 'Process view', 'program').value, 'primes.elf');
    assert.equal(at(frame, 'Process view', 'paging').value, 'Sv39 (8)');
    assert.equal(at(frame, 'Process view', 'stack pointer').value, at(frame, 'Registers', 'sp').value);
    const ranges = at(frame, 'Process view', 'memory').children?.() ?? [];
    assert.deepEqual(
      ranges.map(({ name, value }) => `${name} ${value}`),
      [
        '0x10000–0x10fff r-x 4 KiB',
        '0x11000–0x11fff r-- 4 KiB',
        '0x12000–0x12fff rw- 4 KiB',
        '0x3fffffe000–0x3fffffefff rw- 4 KiB',
      ],
    );
    assert.match(ranges[0]?.memoryReference ?? '', /^gva:-:0x8[0-9a-f]{15}:0x10000$/);
  });

  it('views the system by level, and decodes control registers', () => {
    const frame = scopes(pebble, 'primes!is_prime');
    assert.equal(at(frame, 'System view', 'mode').value, 'U');
    const paging = ['System view', 'Supervisor level', 'Paging', 'satp'];
    assert.equal(at(frame, ...paging, 'MODE').value, 'Sv39 (8)');
    assert.equal(at(frame, ...paging, 'MODE').evaluateName, '$satp.MODE');
    const machine = ['System view', 'Machine level'];
    assert.equal(at(frame, ...machine, 'Trap setup', 'mstatus', 'MPP').assign?.('M').ok, true);
    assert.equal(at(frame, ...machine, 'Trap setup', 'mstatus', 'MPP').value, 'M (3)');
    assert.equal(at(frame, ...machine, 'Identification', 'mhartid').assign, undefined);
    assert.equal(
      at(frame, 'System view', 'Supervisor level', 'Interrupts', 'enabled').value,
      'supervisor timer, supervisor external',
    );
  });

  it('shows f registers in the format that they hold, and changes them in any', () => {
    const { hart } = pebble.thread;
    hart.state.setF(10, 0x4009_21fb_5444_2d18n);
    hart.state.setF(11, 0xffff_ffff_3dcc_cccdn);
    hart.state.setF(12, 0xffff_ffff_ffff_bc00n);
    const frame = scopes(pebble, 'primes!is_prime');
    const shown = (...path: readonly string[]): string => at(frame, 'Floating point', ...path).value;
    assert.equal(shown('fa0'), '3.141592653589793');
    assert.equal(shown('fa0', 'single'), 'NaN');
    assert.equal(shown('fa1'), '0.1');
    assert.equal(at(frame, 'Floating point', 'fa1').type, 'single-precision');
    assert.equal(shown('fa2'), '-1');
    assert.equal(shown('fa2', 'bits'), '0xffffffffffffbc00');
    assert.equal(shown('ft0', 'double'), '0');
    const change = (text: string, ...path: readonly string[]): unknown =>
      at(frame, 'Floating point', ...path).assign?.(text);
    assert.deepEqual(change('1e-1', 'fa3', 'single'), { ok: true, value: '0.1' });
    assert.equal(hart.state.getF(13), 0xffff_ffff_3dcc_cccdn);
    assert.deepEqual(change('-inf', 'fa3', 'double'), { ok: true, value: '-Infinity' });
    assert.equal(hart.state.getF(13), 0xfff0_0000_0000_0000n);
    assert.deepEqual(change('0x3c00', 'fa3', 'bits'), { ok: true, value: '0x3c00' });
    assert.deepEqual(change('three', 'fa3'), { ok: false, message: "'three' is no number" });
    hart.csrs.poke('fcsr', 0x61n);
    assert.equal(shown('fcsr', 'NX'), '1');
    assert.match(shown('fcsr', 'frm'), /3/);
  });

  it('reads a variable that lies in an f register', () => {
    const { target, thread, stacks } = pebble;
    const frame = stacks.framesOf(thread).find(({ kind }) => kind === 'code');
    const subject = stacks.subject(frame?.id ?? 0);
    assert.ok(subject.kind === 'activation');
    const context = { thread, activation: subject.activation, exit: undefined, trap: undefined };
    const surroundings = new Surroundings(target, { ...context, precedence: 'frame' });
    thread.hart.state.setF(18, 0x3ff8_0000_0000_0000n);
    const type = { kind: 'base', name: 'double', byteSize: 8, encoding: 'float' } as const;
    const symbol = { name: 'x', type, kind: 'local', locate: () => ({ kind: 'register', register: 50 }) };
    const value = variableValue(symbol as unknown as VariableSymbol, surroundings);
    assert.equal(readFloat(value), 1.5);
  });

  it('shows every control register once', () => {
    const system = scopes(pebble, 'primes!is_prime').find(({ name }) => name === 'System view');
    const names = (system?.variables() ?? [])
      .flatMap((level) => level.children?.() ?? [])
      .flatMap((group) => (group.children?.() ?? []).map(({ evaluateName }) => evaluateName))
      .filter((name) => name !== undefined);
    assert.equal(new Set(names).size, names.length);
    for (const name of ['$mstatus', '$pmpcfg0', '$hgatp', '$vsatp', '$sip', '$time', '$misa'])
      assert.ok(names.includes(name), name);
  });

  it('finds the process in the frames of its kernel', () => {
    pebble.runTo('pebble', 'process_exit');
    const frame = scopes(pebble, 'pebble!process_exit');
    assert.equal(at(frame, 'Arguments', 'status').value, '0');
    assert.equal(at(frame, 'Process view', 'program').value, 'primes.elf');
    assert.match(at(frame, 'Process view', 'pc').value, /^0x1[0-9a-f]{4}$/, 'where it made its system call');
    assert.equal(at(frame, 'Globals of pebble', 'current', 'name').value, '"primes"');
  });

  it('changes nothing by looking', () => {
    const before = pebble.target.machine.hash();
    for (const { name, kind } of pebble.stacks.framesOf(pebble.thread))
      if (kind === 'code') for (const scope of scopes(pebble, name)) openAll(scope.variables(), 2);
    assert.equal(pebble.target.machine.hash(), before);
  });
});

describe('debugger/scopes, under the VMM', () => {
  let pebble: Pebble;

  before(() => {
    pebble = new Pebble('hosted', 'primes 500');
    pebble.runToExit('mmio-store');
  });

  it('explains the exit that the VMM handles', () => {
    const frame = scopes(pebble, 'vmm!resume');
    assert.deepEqual(
      frame.map(({ name }) => name),
      ['This exit', 'vCPU', 'Hypervisor CSRs'],
    );
    assert.equal(at(frame, 'This exit', 'reason').value, 'mmio-store');
    assert.equal(at(frame, 'This exit', 'register').value, 'THR');
    assert.equal(at(frame, 'This exit', 'gpa').memoryReference, 'gpa:a:0x10000000');
    assert.equal(at(frame, 'This exit', 'stages').value, '4 of 5 done');
    assert.equal(at(frame, 'vCPU', 'mode').value, 'VS');
    assert.match(at(frame, 'vCPU', 'registers', 'sp').value, /^0xffffffc0/);
    assert.equal(at(frame, 'Hypervisor CSRs', 'scause').value, '0x17', 'of HS mode, not of the guest');
    assert.equal(at(frame, 'Hypervisor CSRs', 'hgatp', 'MODE').value, 'Sv39x4 (8)');
  });

  it('leaves out what the exit does not have', () => {
    const names =
      scopes(pebble, 'vmm!resume')[0]
        ?.variables()
        .map(({ name }) => name) ?? [];
    assert.ok(!names.includes('hypercall') && !names.includes('csr'), names.join(', '));
  });

  it('shows a guest’s kernel its own registers', () => {
    const [kernel] = pebble.stacks.framesOf(pebble.thread).filter(({ kind }) => kind === 'code');
    assert.ok(kernel);
    const frame = scopes(pebble, kernel.name);
    assert.equal(at(frame, 'System view', 'mode').value, 'VS');
    assert.match(at(frame, 'System view', 'hart').value, /the VMM has it, for an exit of a: vCPU 0/);
    assert.equal(at(frame, 'System view', 'Paging', 'satp', 'MODE').value, 'Sv39 (8)');
    const root = at(frame, 'Process view', 'root page table').memoryReference ?? '';
    assert.match(root, /^gpa:a:0x80/);
  });
});
