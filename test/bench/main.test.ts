import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { patience } from '../patience.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('bench/main', function () {
  // Each run of it compiles what it imports, which is most of Strata.
  this.timeout(60_000 * patience);

  it('tells its benchmarks, options and examples', () => {
    const { code, stdout, stderr } = bench('--help');
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /^Usage: npm run bench -- /);
    for (const name of ['compute', 'breakpoints', 'exits', 'calls', 'boot', 'linux', 'memory'])
      assert.match(stdout, new RegExp(`^ {2}${name} +\\w`, 'm'));
    for (const option of ['--rounds', '--wall', '--help'])
      assert.match(stdout, new RegExp(`^ {2}.*${option}`, 'm'));
    assert.equal(stdout.match(/^ {2}npm run bench -- /gm)?.length, 2);
    assert.match(stdout, /`strata bench` compares the engines on a guest/);
  });

  it('answers what it does not know with a line and 2', () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['--frob'], /^bench: unknown option '--frob' \(npm run bench -- --help tells what there is\)\n$/i],
      [['--rounds', '0'], /^bench: --rounds: .*0.*\n$/],
      [['boot', 'frob'], /^bench: no benchmark is called 'frob'; there are compute, .*memory.*\n$/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = bench(...args);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, args.join(' '));
      assert.match(stderr, message);
    }
  });
});

function bench(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const command = ['--import', 'tsx', 'bench/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
