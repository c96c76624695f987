import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, root } from './source-tree.ts';

// Each name in parts, so that this file does not hold what it forbids.
const registryHosts = [
  ['npmjs', 'org'],
  ['npmjs', 'com'],
  ['yarnpkg', 'com'],
  ['pypi', 'org'],
  ['deb.debian', 'org'],
].map((parts) => parts.join('.'));
const homeFolders = ['work', 'home', 'root'];

describe('architecture/repository', () => {
  it('names no package registry', () => {
    const host = new RegExp(registryHosts.map((name) => name.replaceAll('.', '\\.')).join('|'));
    assert.deepEqual(filesWith(host), []);
  });

  it('holds no path of the machine that built it, also not in binaries', () => {
    assert.deepEqual(filesWith(new RegExp(`(?<![\\w.~@}*-])/(?:${homeFolders.join('|')})/[\\w.-]`)), []);
  });

  it('locks packages by version and hash, not by address', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    assert.doesNotMatch(lock, /"resolved"/);
    assert.match(lock, /"integrity": "sha512-/);
  });
});

/** Where a pattern occurs: `file: text found`. */
function filesWith(pattern: RegExp): readonly string[] {
  return projectFiles().flatMap((file) => {
    const found = pattern.exec(readFileSync(join(root, file), 'latin1'));
    return found ? [`${file}: ${found[0]}`] : [];
  });
}
