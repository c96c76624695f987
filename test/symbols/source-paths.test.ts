import assert from 'node:assert/strict';
import {
  baseName,
  commonSuffix,
  joinPath,
  normalizePath,
  remapPath,
} from '../../src/symbols/source-paths.ts';

describe('symbols/source-paths', () => {
  it('gives one spelling to a path', () => {
    assert.equal(normalizePath('/a//b/./c/../d.c'), '/a/b/d.c');
    assert.equal(normalizePath('/../a.c'), '/a.c');
    assert.equal(normalizePath('../x/./a.c'), '../x/a.c');
    assert.equal(normalizePath('C:\\os\\kernel\\main.c'), 'C:/os/kernel/main.c');
    assert.equal(normalizePath('kernel\\main.c'), 'kernel/main.c');
  });

  it('joins relative names to their directory, and leaves absolute ones alone', () => {
    assert.equal(joinPath('/build', 'kernel/main.c'), '/build/kernel/main.c');
    assert.equal(joinPath('/build', '../lib/a.c'), '/lib/a.c');
    assert.equal(joinPath('/build', '/src/a.c'), '/src/a.c');
    assert.equal(joinPath('C:/build', 'D:\\a.c'), 'D:/a.c');
    assert.equal(joinPath('', 'a.c'), 'a.c');
  });

  it('replaces whole components only, by the first rule that applies', () => {
    const rules = [
      { from: '/build/kernel', to: '/src/k' },
      { from: '/build/', to: '/src' },
    ];
    assert.equal(remapPath('/build/kernel/main.c', rules), '/src/k/main.c');
    assert.equal(remapPath('/build/kernels/main.c', rules), '/src/kernels/main.c');
    assert.equal(remapPath('/builder/main.c', rules), '/builder/main.c');
    assert.equal(remapPath('/a.c', [{ from: '/', to: '/src' }]), '/src/a.c');
  });

  it('takes a dot for all relative paths', () => {
    assert.equal(remapPath('kernel/main.c', [{ from: '.', to: '/src' }]), '/src/kernel/main.c');
    assert.equal(remapPath('/kernel/main.c', [{ from: '.', to: '/src' }]), '/kernel/main.c');
  });

  it('counts the components that two paths share from the end, in the same case', () => {
    assert.equal(commonSuffix('/a/kernel/main.c', '/b/kernel/main.c'), 2);
    assert.equal(commonSuffix('/a/kernel/main.c', '/b/user/main.c'), 1);
    assert.equal(commonSuffix('/a/main.c', '/a/Main.c'), 0);
    assert.equal(commonSuffix('main.c', '/b/main.c'), 1);
  });

  it('takes the last component', () => {
    assert.equal(baseName('/a/b.c'), 'b.c');
    assert.equal(baseName('b.c'), 'b.c');
  });
});
