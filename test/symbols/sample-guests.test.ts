import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { loadSymbols } from './variants.ts';

const KERNEL = new URL('../../sample-guests/kernel/', import.meta.url);
const load = (name: string) => loadSymbols(new Uint8Array(readFileSync(new URL(`build/${name}`, KERNEL))));

describe('symbols, on the sample guests', () => {
  it('reads every image without a warning, and knows line and function of all its functions', () => {
    const names = readdirSync(new URL('build', KERNEL)).filter((name) => name.endsWith('.elf'));
    assert.ok(names.length > 5);
    for (const name of names) {
      const image = load(name);
      const functions = image.functionsNamed('*');
      assert.ok(functions.length > 5, name);
      for (const one of functions) {
        assert.ok(one.file !== undefined && one.line !== undefined, `${name}!${one.name}`);
        assert.equal(image.functionAt(image.prologueEnd(one))?.name, one.name);
      }
      assert.deepEqual(image.diagnostics, []);
    }
  });

  it('binds a breakpoint to a source wherever the folder is', () => {
    const image = load('pebble.elf');
    const source = readFileSync(new URL('trap.c', KERNEL), 'utf8').split('\n');
    const line = source.findIndex((text) => /^\w.*\)( {)?$/.test(text)) + 1;
    assert.ok(line > 0);
    const found = image.addressesOf('/anywhere/sample-guests/kernel/trap.c', line);
    assert.ok(found?.exact && found.addresses.length > 0);
    for (const address of found.addresses)
      assert.match(image.lineAt(address)?.file ?? '', /kernel\/trap\.c$/);
    assert.equal(image.addressesOf('/anywhere/other/trap.c', line)?.exact, false);
  });

  it('reports sources in the folder where they are', () => {
    const bytes = new Uint8Array(readFileSync(new URL('build/pebble.elf', KERNEL)));
    const image = loadSymbols(bytes, { remap: [{ from: '.', to: '/src/strata' }] });
    assert.ok(image.sources.includes('/src/strata/sample-guests/kernel/trap.c'));
  });
});
