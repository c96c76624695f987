import assert from 'node:assert/strict';
import { lineOf } from '../debugger/sample-session.ts';
import { openFolder } from './harness.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';
const helloLine = lineOf('kernel/programs/hello.c', 'print("Hello');

/** The sample kernel, stopped in the program `hello` that was started from its shell. */
async function stopInHello(): Promise<WorkbenchWindow> {
  const window = await openFolder(folder, { theme: 'dark' });
  await window.setBreakpoint('programs/hello.c', helloLine);
  await window.debug.pressF5();
  await window.waitForTerminal(/\$$/);
  await window.typeInTerminal('hello\n');
  const top = await window.debug.waitForStop({ file: 'hello.c', line: helloLine });
  assert.equal(top.name, 'hello!main');
  return window;
}

async function stackNames(window: WorkbenchWindow): Promise<readonly string[]> {
  return (await window.debug.wholeStack())
    .filter(({ kind }) => kind === 'frame' || kind === 'label')
    .map(({ name }) => name);
}

describe('workbench/debugging', () => {
  it('stops in a process, in the kernel and at an exit, with one stack across the strata', async () => {
    const window = await stopInHello();
    assert.deepEqual(await stackNames(window), ['hello!main', 'hello!_start']);

    await window.setBreakpoint('uart.c', lineOf('kernel/uart.c', 'void uart_put(') + 1);
    await window.debug.press('continue');
    await window.debug.waitForStop({ file: 'uart.c', line: lineOf('kernel/uart.c', 'void uart_put(') + 1 });
    const inKernel = await stackNames(window);
    assert.equal(inKernel[0], 'pebble!uart_put');
    assert.ok(inKernel.includes('pebble!syscall_write'), inKernel.join('\n'));
    assert.deepEqual(inKernel.slice(inKernel.indexOf('pebble!trap_entry') + 1), [
      '— ecall from VU: system call 2 (write) —',
      'hello!write',
      'hello!flush',
      'hello!print',
      'hello!main',
      'hello!_start',
    ]);
    await window.waitForRow('Variables', /^character = 72 'H'$/);
    await window.screenshot('kernel');

    await window.debug.stopOn('VM exit: Device store', 'gpa == 0x10000000 && write');
    await window.debug.press('continue');
    const atExit = await window.debug.waitForStop({ file: /^exit \d+, stage 0$/ });
    assert.equal(atExit.name, 'vmm!exit');
    const acrossStrata = await stackNames(window);
    assert.match(acrossStrata[1] ?? '', /^— VM exit: guest-page fault \(store, uart0\.THR\) —$/);
    assert.equal(acrossStrata[2], 'pebble!uart_put');
    assert.deepEqual(acrossStrata.slice(3), inKernel.slice(1), 'below, all is as it was in the kernel');
    await window.screenshot('exit');
  });

  it('steps from a process through ecall into the kernel and back, and back in time', async () => {
    const window = await stopInHello();
    await window.debug.press('step over');
    await window.debug.waitForStop({ file: 'hello.c', line: helloLine + 1 });
    await window.waitForTerminal(/Hello from process \d+: my main is at 0x/);
    await window.debug.press('step back');
    await window.debug.waitForStop({ file: 'hello.c', line: helloLine });
    assert.doesNotMatch(await window.terminalText(), /Hello from process/, 'the console went back in time');
    await window.screenshot('stepped-back');

    const call = lineOf('kernel/programs/library/syscalls.S', 'system_call write');
    await window.setBreakpoint('programs/library/syscalls.S', call);
    await window.debug.press('continue');
    assert.equal((await window.debug.waitForStop({ file: 'syscalls.S', line: call })).name, 'hello!write');
    await window.debug.press('step in');
    assert.equal((await window.debug.waitForStop({ file: 'trap.S' })).name, 'pebble!trap_entry');
    const inKernel = await stackNames(window);
    assert.deepEqual(inKernel.slice(0, 3), [
      'pebble!trap_entry',
      '— ecall from VU: system call 2 (write) —',
      'hello!write',
    ]);
    await window.screenshot('through-ecall');
    await window.debug.press('step out');
    assert.equal((await window.debug.waitForStop({ file: 'syscalls.S', line: call })).name, 'hello!write');
    await window.waitForTerminal(/Hello from process/);
    assert.deepEqual((await stackNames(window)).slice(1, 2), ['hello!flush']);
    await window.screenshot('back-in-the-process');
    assert.deepEqual(await window.notifications(), []);
  });

  it('shows arguments, registers and the value under the mouse, and runs on to the end', async () => {
    const window = await stopInHello();
    await window.debug.expandVariable(/^Arguments/);
    await window.waitForRow('Variables', /^argc = 1$/);
    await window.debug.expandVariable(/^Registers/);
    await window.waitForRow('Variables', /^pc = 0x[0-9a-f]+/);
    await window.waitForRow('Variables', /^sp = 0x[0-9a-f]+/);
    await window.page.locator('.view-line', { hasText: 'int main(' }).getByText('argc').hover();
    await window.page.locator('.debug-hover-widget').waitFor();
    assert.match((await window.page.locator('.debug-hover-widget').textContent()) ?? '', /1/);
    await window.screenshot('variables');
    await window.command('Remove All Breakpoints');
    await window.debug.press('continue');
    await window.waitForTerminal(/my stack at 0x[0-9a-f]+\.\n\$$/);
    await window.typeInTerminal('shutdown\n');
    await window.debug.waitForEnd();
    await window.screenshot('ended');
    assert.deepEqual(await window.notifications(), []);
  });
});
