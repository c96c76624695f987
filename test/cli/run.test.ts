import assert from 'node:assert/strict';
import { chosenEngine } from '../chosen-engine.ts';
import { finish, li, loopForever, op, ramBase, store, uart, x } from '../machine/fixture.ts';
import { buildStrata, samples, scratchFolder, strata, type Outcome } from './strata.ts';
import { machineCode, tinyElf } from './tiny-elf.ts';

const { hello, helloM, pebble } = samples;
const bare = ['--vmm', 'none', '--firmware', 'none'];

describe('cli/run', () => {
  const folder = scratchFolder();
  before(buildStrata);
  after(() => folder.dispose());

  it('prints what the guest prints, and nothing else', async () => {
    assert.deepEqual(await strata(['run', hello]), {
      code: 0,
      stdout: 'Hello from S mode: the layer below printed this for me.\n',
      stderr: '',
    });
  });

  it('runs an M-mode image on the bare machine', async () => {
    const { code, stdout } = await strata(['run', helloM, ...bare]);
    assert.equal(code, 0);
    assert.match(stdout, /^Hello from M mode/);
  });

  for (const [where, options] of [
    ['under the VMM', []],
    ['on the bare machine', ['--vmm', 'none']],
  ] as const)
    it(`gives the guest its command line, ${where}`, async () => {
      const { code, stdout, stderr } = await strata(['run', pebble, ...options, '--append', 'run=hello']);
      assert.match(stdout, /^pebble: hart 0, 128 MiB of RAM at 0x80000000\r\n[^]*Hello from process 2/);
      assert.equal(stderr, '');
      assert.equal(code, 0);
    });

  it('takes the kernel as QEMU does, with memory', async () => {
    const { stdout } = await strata(['run', '--kernel', pebble, '--memory', '32M', '--append', 'run=hello']);
    assert.match(stdout, /32 MiB of RAM/);
  });

  it('ends with a failure where the guest says so', async () => {
    const { code, stdout } = await strata(['run', pebble, '--append', 'run="fault null"']);
    assert.match(stdout, /process 2 \(fault\) was killed: .*null pointers/);
    assert.equal(code, 1);
  });

  for (const [value, expected] of [
    [1, 0],
    [3, 1],
    [85, 42],
    // No program can end with 256: it would look like 0.
    [513, 255],
  ] as const)
    it(`ends with ${expected} where a test stores ${value} to tohost`, async () => {
      const toHost = ramBase + 0x1000;
      const program = machineCode([
        op('auipc', { rd: x.t0, imm: 0x1000 }),
        ...li(x.t1, value),
        store('sd', x.t0, x.t1),
        loopForever,
      ]);
      const image = folder.write(
        `tohost-${value}.elf`,
        tinyElf({
          segments: [{ address: BigInt(ramBase), bytes: program, memorySize: 0x2000n }],
          symbols: { tohost: BigInt(toHost) },
        }),
      );
      assert.equal((await strata(['run', image, ...bare])).code, expected);
    });

  it('says which code it is that no process can end with, and takes tohost in halves', async () => {
    const program = machineCode([
      op('auipc', { rd: x.t0, imm: 0x1000 }),
      ...li(x.t1, (1000 << 1) | 1),
      // As the tests of the ISA do, for harts of 32 bits.
      store('sw', x.t0, x.t1),
      store('sw', x.t0, 0, 4),
      loopForever,
    ]);
    const image = folder.write(
      'tohost-halves.elf',
      tinyElf({
        segments: [{ address: BigInt(ramBase), bytes: program, memorySize: 0x2000n }],
        symbols: { tohost: BigInt(ramBase + 0x1000) },
      }),
    );
    const { code, stderr } = await strata(['run', image, ...bare]);
    assert.deepEqual({ code, stderr }, { code: 255, stderr: "strata: the guest's exit code is 1000\n" });
  });

  it('stops after --max-instructions with 124', async () => {
    const { code, stderr } = await strata(['run', pebble, '--max-instructions', '5000', '--stats']);
    assert.equal(code, 124);
    assert.match(stderr, /5,000 steps/);
    assert.match(stderr, /^strata: stopped after 5000 steps/m);
  });

  it('counts exits by reason, as text and as JSON', async () => {
    const text = await strata(['run', hello, '--stats']);
    // The reference evaluator has no wasm to be out of.
    const outOfWasm = chosenEngine === 'reference' ? '' : '\\d+ times out of wasm\\n[^]* {2}ecall +3\\n';
    const counts = '3 exits .*\\n {2}hypercall +2\\n {2}shutdown +1\\n';
    assert.match(text.stderr, new RegExp(`^21 steps in .* MIPS\\)\\n${counts}${outOfWasm}$`));
    const { stderr } = await strata(['run', hello, '--stats', '--json']);
    const { type, exitCode, steps, exits, exitsByReason } = JSON.parse(stderr) as Record<string, unknown>;
    assert.deepEqual(
      { type, exitCode, steps, exits, exitsByReason },
      {
        type: 'statistics',
        exitCode: 0,
        steps: 21,
        exits: 3,
        exitsByReason: { hypercall: 2, shutdown: 1 },
      },
    );
  });

  it('counts the exits of each of several guests', async () => {
    const guests = ['--guest', `a=${hello}`, '--guest', `b=${hello}`];
    const text = await strata(['run', ...guests, '--stats']);
    assert.match(
      text.stderr,
      /^ +all +a +b\n {2}steps in guests +36 +18 +18\n {2}stolen milliseconds +0 +0\n/m,
    );
    assert.match(text.stderr, /^ {2}hypercall +4 +2 +2\n {2}shutdown +2 +1 +1\n/m);
    const { stderr } = await strata(['run', ...guests, '--stats', '--json']);
    const { guests: counted } = JSON.parse(stderr) as { readonly guests: readonly Record<string, unknown>[] };
    assert.deepEqual(
      counted.map(({ name, exits, exitsByReason }) => ({ name, exits, exitsByReason })),
      ['a', 'b'].map((name) => ({ name, exits: 3, exitsByReason: { hypercall: 2, shutdown: 1 } })),
    );
  });

  it('tells of each change of what is watched, and of reads where they are asked for', async () => {
    const options = ['run', pebble, '--append', 'run=hello', '--watch', 'last_pid'];
    const { code, stderr } = await strata(options);
    assert.equal(code, 0);
    const place = 'written by kernel on pebble: vCPU 0 in pebble!process_spawn (process.c:33)';
    assert.deepEqual(
      stderr.split('\n').map((line) => line.replace(/ step \d+/, '')),
      [`watch: last_pid: 0 → 1, ${place}`, `watch: last_pid: 1 → 2, ${place}`, ''],
    );
    const pointer = await strata(['run', pebble, '--append', 'run=hello', '--watch', 'current']);
    assert.match(pointer.stderr, /^watch step \d+: current: 0x0 → 0x[0-9a-f]+ \(processes\), written /);
    const part = await strata(['run', pebble, '--append', 'run=hello', '--watch', 'last_pid/1']);
    assert.equal(part.stderr, stderr.replaceAll(/(\d) → (\d)/g, '0x$1 → 0x$2'));
    const json = await strata([...options, '--watch', '0x8021d598/4:r', '--json']);
    const lines = json.stderr.split('\n').slice(0, 4);
    const titles = lines.map((line) => (JSON.parse(line) as { title: string }).title);
    assert.match(titles[0] ?? '', /^0x8021d598: 0x0, read by kernel /);
    assert.match(titles[1] ?? '', /^last_pid: 0 → 1, written by kernel /);
  });

  it('gives of what is watched, as JSON, the value before and after, and who accessed it where', async () => {
    const options = ['run', pebble, '--append', 'run=hello', '--watch', 'last_pid', '--json'];
    const [{ step, line, pc, file, ...hosted } = {}] = linesOf(await strata(options));
    assert.ok(Number.isInteger(step));
    assert.match(String(file), /sample-guests\/kernel\/process\.c$/);
    assert.match(String(pc), /^0xffffffc0802[0-9a-f]{5}$/);
    assert.deepEqual(hosted, {
      type: 'watch',
      watched: 'last_pid',
      access: 'write',
      old: '0',
      new: '1',
      by: 'hart',
      stratum: 'kernel',
      guest: 'pebble',
      vcpu: 0,
      image: 'pebble',
      function: 'process_spawn',
      title: `last_pid: 0 → 1, written by kernel on pebble: vCPU 0 in pebble!process_spawn (process.c:${String(line)})`,
    });
    const [onHart = {}] = linesOf(await strata([...options, '--vmm', 'none']));
    assert.deepEqual([onHart['hart'], onHart['guest'], onHart['vcpu']], [0, undefined, undefined]);
    // Two that one instruction accesses are a line each.
    const both = linesOf(await strata([...options, '--watch', 'last_pid/1'])).slice(0, 2);
    assert.deepEqual(
      both.map((each) => [each['step'], each['old'], each['new']]),
      [
        [step, '0', '1'],
        [step, '0x0', '0x1'],
      ],
    );
  });

  it('says why something cannot be watched', async () => {
    for (const [what, problem] of [
      ['$a0', /^strata: --watch \$a0: \$a0 lives in a register/],
      ['nobody', /there is no 'nobody' here/],
      ['gpa:x:0x1000', /there is no guest 'x'/],
      ['last_pid/0', /There is not a single byte/],
      [':rw', /Write what to watch/],
    ] as const) {
      const { code, stderr } = await strata(['run', pebble, '--watch', what]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, problem);
    }
  });

  it('traces each exit on a line, in order', async () => {
    const text = await strata(['run', hello, '--trace', 'exits']);
    assert.match(
      text.stderr,
      /^exit 0 step 4 hello\/0 kernel 0x8020000c: hypercall sbi_probe_extension\(.*\nexit 1 .*\nexit 2 .*sbi_system_reset\(.*\n$/,
    );
    const json = await strata(['run', hello, '--trace', 'exits', '--json']);
    const lines = json.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ type, sequence, reason }) => [type, sequence, reason]),
      [
        ['exit', 0, 'hypercall'],
        ['exit', 1, 'hypercall'],
        ['exit', 2, 'shutdown'],
        ['statistics', undefined, undefined],
      ],
    );
  });

  it('loses no exit of a guest that has many', async () => {
    const { stderr } = await strata(['run', pebble, '--append', 'run=count', '--trace', 'exits', '--json']);
    const lines = stderr.trim().split('\n');
    const sequences = lines.slice(0, -1).map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    assert.ok(sequences.length > 1000);
    assert.ok(sequences.every((sequence, index) => sequence === index));
    assert.equal((JSON.parse(lines.at(-1) ?? '') as { exits: number }).exits, sequences.length);
  });

  it('types what comes on standard input into the guest’s shell', async () => {
    const { code, stdout, stderr } = await strata(['run', pebble], { input: 'hello\nexit\n' });
    assert.match(stdout, /Hello from process 3/);
    assert.equal(stderr, '');
    assert.equal(code, 0);
  });

  it('gives all of it to a guest whose driver empties the receiver only long after power-on', async () => {
    const [lineStatus, fifoControl, interruptEnable] = [5, 2, 1];
    const program = machineCode([
      ...li(x.t0, uart),
      ...li(x.t2, 5_000_000),
      op('addi', { rd: x.t2, rs1: x.t2, imm: -1 }),
      op('bne', { rs1: x.t2, rs2: 0, imm: -4 }),
      ...li(x.t1, 7),
      store('sb', x.t0, x.t1, fifoControl),
      ...li(x.t1, 1),
      store('sb', x.t0, x.t1, interruptEnable),
      // What comes is sent back, to the line's end.
      op('lbu', { rd: x.t1, rs1: x.t0, imm: lineStatus }),
      op('andi', { rd: x.t1, rs1: x.t1, imm: 1 }),
      op('beq', { rs1: x.t1, rs2: 0, imm: -8 }),
      op('lbu', { rd: x.t1, rs1: x.t0, imm: 0 }),
      store('sb', x.t0, x.t1),
      op('addi', { rd: x.t1, rs1: x.t1, imm: -10 }),
      op('bne', { rs1: x.t1, rs2: 0, imm: -24 }),
      ...finish(0x5555),
      loopForever,
    ]);
    const bytes = { address: BigInt(ramBase), bytes: program, memorySize: 0x1000n };
    const image = folder.write('slow-driver.elf', tinyElf({ segments: [bytes] }));
    const { code, stdout } = await strata(['run', image, ...bare], { input: 'all of it\n' });
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'all of it\n' });
  });

  it('says that the guest waits where the input has ended', async () => {
    const { code, stdout, stderr } = await strata(['run', pebble], { input: 'hello\n' });
    assert.match(stdout, /Hello from process 3/);
    assert.equal(stderr, 'strata: the guest waits for input, and there is no more\n');
    assert.equal(code, 1);
  });

  it('tells the lines of several guests apart', async () => {
    const guests = ['--guest', `a=${pebble}`, '--guest', `b=${pebble}`];
    const { code, stdout } = await strata(['run', ...guests, '--memory', '16M', '--append', 'run=hello']);
    assert.equal(code, 0);
    for (const name of ['a', 'b']) {
      const lines = stdout.split('\n').filter((line) => line.startsWith(`${name}| `));
      assert.equal(lines.length, 3, stdout);
      assert.match(lines.at(-1) ?? '', /^.\| Hello from process 2/);
    }
    assert.ok(stdout.split('\n').every((line) => line === '' || /^[ab]\| /.test(line)));
  });

  it('is the same on every engine', async () => {
    const options = ['--append', 'run=hello', '--memory', '16M', '--json', '--max-instructions', '60000'];
    const [reference, ...others] = await Promise.all(
      ['reference', 'interpreter', 'translator'].map((engine) =>
        strata(['run', pebble, ...options, '--engine', engine]),
      ),
    );
    for (const other of others) {
      assert.equal(other.stdout, reference?.stdout);
      assert.deepEqual(countsIn(other.stderr), countsIn(reference?.stderr));
    }
  });
});

/** What must not depend on the engine. */
function countsIn(text = ''): unknown {
  const { steps, exits } = JSON.parse(text.split('\n')[0] ?? '') as Record<string, unknown>;
  return { steps, exits };
}

/** What a run told on its standard error, where all of that is JSON. */
function linesOf({ stderr }: Outcome): Record<string, unknown>[] {
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
