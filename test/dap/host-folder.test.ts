import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostFolder } from '../../src/dap/host-folder.ts';
import { findInFolder } from '../../src/machine/host-folder.ts';

describe('dap/host-folder', () => {
  let path: string;

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'strata-'));
  });

  afterEach(() => {
    rmSync(path, { recursive: true });
  });

  it('lists files, folders and links, and follows no link', () => {
    mkdirSync(join(path, 'sub'));
    writeFileSync(join(path, 'sub', 'file'), 'text');
    symlinkSync('/', join(path, 'out'));
    const folder = hostFolder(path, 'shares');
    assert.deepEqual(
      folder.entries().map(({ name, node }) => `${node.kind} ${name}`),
      ['link out', 'folder sub'],
    );
    const file = findInFolder(folder, 'sub/file');
    assert.ok(file?.kind === 'file');
    assert.equal(Buffer.from(file.read(1, 2)).toString(), 'ex');
    for (const outside of ['out/etc', '../', 'sub/../..'])
      assert.equal(findInFolder(folder, outside), undefined);
  });

  it('shows a folder that cannot be read any more as an empty one', () => {
    mkdirSync(join(path, 'sub'));
    const folder = hostFolder(path, 'shares');
    const [sub] = folder.entries();
    rmSync(join(path, 'sub'), { recursive: true });
    assert.ok(sub?.node.kind === 'folder');
    assert.deepEqual(sub.node.entries(), []);
  });

  it('refuses what is no folder', () => {
    assert.throws(() => hostFolder(join(path, 'none'), 'shares'), /shares: .*there is no such folder/);
  });
});
