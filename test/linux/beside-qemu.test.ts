import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { realSystems } from './real-systems.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('linux/beside-qemu', () => {
  it('boots to where the shell begins on the bare machine and on QEMU, and tells what each takes', function () {
    realSystems(this);
    const bench = ['--import', 'tsx', 'bench/main.ts', 'linux', '--rounds', '1'];
    const output = execFileSync(process.execPath, bench, { cwd: root, encoding: 'utf8' });
    const rows = output
      .split('\n')
      .filter((line) => /^(Strata, \d harts?, \d+ [GM]Hz|QEMU( -icount shift=0)?) +\d/.test(line));
    process.stdout.write(rows.map((row) => `      ${row}\n`).join(''));
    assert.equal(rows.length, 5, output);
    const figures = /^Strata, 1 hart, 100 MHz( +\d+\.\d\d){3} +\d{3,}\b/;
    assert.match(rows[0] ?? '', figures, 'seconds by main thread, all and wall, and million instructions');
  });
});
