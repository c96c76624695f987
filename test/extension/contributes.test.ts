import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { launchSchema } from '../../src/protocol/launch.ts';

const file = new URL('../../package.json', import.meta.url);
const manifest = JSON.parse(readFileSync(file, 'utf8'));
const { contributes } = manifest;

describe('extension/contributes', () => {
  it('offers in launch.json exactly what the adapter takes (UPDATE=1 writes it)', () => {
    const { properties } = z.toJSONSchema(launchSchema, { target: 'draft-7', io: 'input' });
    const launch = { properties: inMarkdown(properties) };
    if (process.env['UPDATE'] === '1') {
      contributes.debuggers[0].configurationAttributes = { launch };
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    }
    assert.deepEqual(
      contributes.debuggers[0].configurationAttributes,
      JSON.parse(JSON.stringify({ launch })),
    );
  });

  it('registers every command that it names, and names every command that it registers', () => {
    const code = readFileSync(new URL('../../src/extension/commands.ts', import.meta.url), 'utf8');
    const registered = [...code.matchAll(/register\('(\w+)'/g)].map((match) => `strata.${match[1]}`);
    const named = contributes.commands.map((command: { command: string }) => command.command);
    assert.deepEqual(registered.toSorted(), named.toSorted());
  });

  it('names files that exist', () => {
    const text = JSON.stringify(contributes);
    const files = [...text.matchAll(/"((?:\.\/)?(?:docs|resources|syntaxes)\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    assert.ok(files.length >= 4);
    for (const name of files) assert.ok(existsSync(new URL(`../../${name}`, import.meta.url)), name);
  });
});

/** The editor shows Markdown where a description is called so. */
function inMarkdown(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inMarkdown);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key === 'description' && typeof value === 'string' ? 'markdownDescription' : key,
      inMarkdown(value),
    ]),
  );
}
