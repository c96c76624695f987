import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { bundleOptions } from '../../scripts/build-options.mjs';

const main = `
import { limits } from 'commonjs';
import { countOf, scale } from './module.js';

export const weight = scale * Number(process.env['NOT_SET'] ?? 2);
export const places = limits();
export function reader(text) {
  const size = text.length;
  return () => countOf(size) * weight;
}
export class Rock {}
`;
const module = `
export const scale = Number(process.env['NOT_SET'] ?? 3);
const table = new Map([[1, scale]]);
export const countOf = (size) => table.get(size) ?? size + scale;
`;
const commonJs = `
const { basename } = require('node:path');
exports.limits = () => [basename(__filename), basename(__dirname)];
`;

for (const production of [false, true]) {
  describe(`scripts/build-options, ${production ? 'for the package' : 'while one develops'}`, () => {
    let folder: string;
    let code: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'strata-build-'));
      const dependency = join(folder, 'node_modules', 'commonjs');
      mkdirSync(dependency, { recursive: true });
      writeFileSync(join(dependency, 'package.json'), '{ "name": "commonjs", "main": "index.js" }');
      writeFileSync(join(dependency, 'index.js'), commonJs);
      writeFileSync(join(folder, 'module.js'), module);
      const entry = join(folder, 'main.js');
      writeFileSync(entry, main);
      ({ code } = (
        await build(bundleOptions({ entry, file: join(folder, 'out', 'bundle.mjs'), production }))
      ).output[0]);
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it('keeps constants, those of modules and those in functions', () => {
      for (const constant of ['scale', 'table', 'countOf', 'weight', 'places', 'size'])
        assert.match(code, new RegExp(`\\bconst ${constant} ?=`));
    });

    it('keeps names, and gives CommonJS the names that it counts on', async () => {
      const bundle = (await import(pathToFileURL(join(folder, 'out', 'bundle.mjs')).href)) as Bundle;
      assert.equal(bundle.reader.name, 'reader');
      assert.equal(bundle.Rock.name, 'Rock');
      assert.equal(bundle.reader('abc')(), 36);
      assert.deepEqual(bundle.places, ['bundle.mjs', 'out']);
    });
  });
}

/** What the bundled entry exports. */
interface Bundle {
  readonly reader: (text: string) => () => number;
  readonly Rock: { readonly name: string };
  readonly places: readonly string[];
}
