import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildStrata, samples, scratchFolder, strata } from './strata.ts';

const { hello, pebble } = samples;

describe('cli/run --profile', () => {
  const folder = scratchFolder();
  before(buildStrata);
  after(() => folder.dispose());

  it('profiles a run, in the format that the file’s name asks for', async () => {
    const program = path.join(path.dirname(pebble), 'primes.elf');
    const profile = async (name: string, ...options: readonly string[]) => {
      const file = folder.write(name, '');
      const guest = [pebble, '--append', 'run=primes', '--program', program];
      const outcome = await strata(['run', ...guest, '--profile', file, ...options]);
      return { ...outcome, written: readFileSync(file, 'utf8') };
    };
    const [v8, folded] = await Promise.all([
      profile('run.cpuprofile', '--profile-interval', '5_000'),
      profile('run.folded', '--json'),
    ]);
    assert.match(
      v8.stderr,
      /^\d+ samples, one in 5,000 steps, in .*run\.cpuprofile\n +\d+\.\d % {2}process\n/,
    );
    assert.match(v8.stderr, /^ +\d+\.\d % +\d+\.\d % {2}process {2}primes!is_prime$/m);
    const written = JSON.parse(v8.written) as Record<string, readonly unknown[]>;
    assert.ok(written['nodes'] && Number(written['samples']?.length) > 100);
    assert.equal(written['samples']?.length, written['timeDeltas']?.length);
    assert.match(folded.written, /^\[process\];primes!_start;primes!main;primes!is_prime \d+$/m);
    const [statistics, line] = folded.stderr.trim().split('\n');
    assert.match(statistics ?? '', /"type":"statistics"/);
    const { type, functions } = JSON.parse(line ?? '') as Record<string, readonly Record<string, unknown>[]>;
    assert.equal(type, 'profile');
    assert.equal(functions?.[0]?.['name'], 'primes!is_prime');
  });

  it('refuses a profile that cannot be written, before it runs anything', async () => {
    const missing = '/nowhere/at/all.folded';
    const taken = path.dirname(hello);
    for (const [file, problem] of [
      [missing, 'no such file or directory (ENOENT); name a file in a folder that is there'],
      [taken, 'illegal operation on a directory (EISDIR); name a file in it'],
    ] as const)
      assert.deepEqual(await strata(['run', hello, '--profile', file]), {
        code: 2,
        stdout: '',
        stderr: `strata: --profile: ${file}: ${problem}\n`,
      });
  });

  it('refuses an interval without a profile', async () => {
    assert.deepEqual(await strata(['run', hello, '--profile-interval', '100']), {
      code: 2,
      stdout: '',
      stderr:
        'strata: --profile-interval is for a profile, and there is none; add --profile FILE, or leave it out.\n',
    });
  });
});
