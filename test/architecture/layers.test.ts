import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize, relative } from 'node:path';
import { coreLayers, layersPresent, projectOf, root, sourcesOf } from './source-tree.ts';

/**
 * The picture of the layers: each with the layers that it stands on directly. It may import from these and from
 * all that lies below them; an arrow that is not here does not exist. The extension starts the adapter and the
 * language server as processes, so it does not import them.
 */
const picture: Readonly<Record<string, readonly string[]>> = {
  common: [],
  isa: ['common'],
  hart: ['isa'],
  machine: ['hart'],
  vmm: ['machine'],
  timeline: ['vmm'],
  symbols: ['common'],
  introspection: ['symbols'],
  debugger: ['timeline', 'symbols', 'introspection'],
  protocol: ['common'],
  dap: ['debugger', 'protocol'],
  lsp: ['isa', 'symbols'],
  cli: ['dap'],
  webviews: ['protocol'],
  extension: ['protocol', 'isa'],
};

describe('architecture/layers', () => {
  it('gives every layer the arrows of the picture', () => {
    const present = layersPresent();
    for (const layer of present) {
      assert.ok(picture[layer], `src/${layer} is not in the picture of the layers: give it a place there`);
      assert.deepEqual(
        referencesOf(`src/${layer}`),
        below(layer, present),
        `arrows of src/${layer}/tsconfig.json`,
      );
    }
  });

  it('checks every layer: the root and the tests reference them all', () => {
    const layers = layersPresent().map((layer) => `src/${layer}`);
    assert.deepEqual(referencesOf('.').filter(startsInSource), layers);
    assert.deepEqual(referencesOf('test').filter(startsInSource), layers);
  });

  it('keeps Node, VS Code and the DOM out of the core', () => {
    const core = coreLayers.filter((layer) => layersPresent().includes(layer));
    for (const layer of core) {
      const { types, lib } = projectOf(`src/${layer}`).compilerOptions ?? {};
      assert.deepEqual(
        { types, lib },
        { types: undefined, lib: undefined },
        `src/${layer} takes the base's none`,
      );
    }
    for (const layer of layersPresent()) {
      const sees = projectOf(`src/${layer}`).compilerOptions?.types?.includes('vscode') ?? false;
      assert.equal(sees, layer === 'extension', `src/${layer} and the types of vscode`);
    }
  });

  it('imports no package in the core but the one that packs checkpoints (ADR 14)', () => {
    const foreign = coreLayers.flatMap(sourcesOf).flatMap((file) =>
      importsOf(readFileSync(file, 'utf8'))
        .filter((specifier) => !specifier.startsWith('.'))
        .map((specifier) => `${relative(root, file)}: ${specifier}`),
    );
    assert.deepEqual(foreign, [
      'src/machine/packing.ts: snappyjs/snappy_compressor.js',
      'src/machine/packing.ts: snappyjs/snappy_decompressor.js',
    ]);
  });

  describe('the check fails on', () => {
    let copy = '';
    before(() => {
      copy = copyOfLayers('common', 'isa', 'hart');
    });
    after(() => rmSync(copy, { recursive: true }));

    it('nothing, as the layers stand', () => {
      assert.equal(compile(copy, 'src/isa'), '');
      assert.equal(lint(copy), '');
    });

    it('an upward import', () => {
      const output = planted(copy, `export { TrapCause } from '../hart/trap.ts';`, () =>
        compile(copy, 'src/isa'),
      );
      assert.match(output, /planted\.ts.*TS6307/);
    });

    it('an import of Node', () => {
      const output = planted(copy, `export { readFileSync } from 'node:fs';`, () => compile(copy, 'src/isa'));
      assert.match(output, /planted\.ts.*TS2591/);
    });

    it('an import of a package, static or dynamic', () => {
      for (const text of [`export { z } from 'zod';`, `export const zod = import('zod');`]) {
        const output = planted(copy, text, () => lint(copy));
        assert.match(output, /planted\.ts.*'zod' import is restricted/, text);
      }
    });

    it('a clock, chance and the host', () => {
      for (const text of ['Date.now()', 'Math.random()', 'globalThis']) {
        const output = planted(copy, `export const planted = ${text};`, () => lint(copy));
        assert.match(output, /planted\.ts.*(Unexpected use|restricted from being used)/, text);
      }
    });
  });
});

/** All layers that the picture puts below one, of those that exist, sorted. */
function below(layer: string, present: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const next of picture[name] ?? []) {
      found.add(next);
      visit(next);
    }
  };
  visit(layer);
  return [...found]
    .filter((name) => present.includes(name))
    .map((name) => `src/${name}`)
    .toSorted();
}

function referencesOf(folder: string): readonly string[] {
  return (projectOf(folder).references ?? []).map(({ path }) => normalize(join(folder, path))).toSorted();
}

function startsInSource(path: string): boolean {
  return path.startsWith('src/');
}

/** The module names in import and export declarations and dynamic imports; `import(` in a comment counts too. */
function importsOf(text: string): readonly string[] {
  const declaration = /^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]/gm;
  const bare = /^\s*import\s*['"]([^'"]+)['"]/gm;
  const call = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;
  return [declaration, bare, call].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, specifier]) => specifier ?? ''),
  );
}

/** A project of its own with the real configuration and the real sources of some layers. */
function copyOfLayers(...layers: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'strata-layers-'));
  for (const file of ['tsconfig.base.json', '.oxlintrc.json', 'package.json'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const layer of layers) {
    mkdirSync(join(copy, 'src'), { recursive: true });
    cpSync(join(root, 'src', layer), join(copy, 'src', layer), { recursive: true });
  }
  return copy;
}

/** Runs a check with a file of the given text planted in the layer `isa`; returns what the check said. */
function planted(copy: string, text: string, check: () => string): string {
  const file = join(copy, 'src/isa/planted.ts');
  writeFileSync(file, `${text}\n`);
  try {
    return check();
  } finally {
    rmSync(file);
  }
}

function compile(copy: string, project: string): string {
  return complaints('tsc', ['-b', '--pretty', 'false', project], copy);
}

function lint(copy: string): string {
  return complaints('oxlint', ['--deny-warnings', '--format', 'unix', 'src/isa'], copy);
}

/** What a tool of node_modules/.bin prints when it fails; nothing when it is content. */
function complaints(tool: string, options: readonly string[], folder: string): string {
  try {
    execFileSync(join(root, 'node_modules/.bin', tool), options, { cwd: folder, stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    const output = `${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`;
    return output === '' ? String(error) : output;
  }
}
