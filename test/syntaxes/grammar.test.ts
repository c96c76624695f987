import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { grammarText } from '../../scripts/syntaxes/grammar.ts';
import { allCsrs } from '../../src/isa/csrs/index.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { loadGrammar, tokens } from './tokens.ts';

const golden = join(root, 'test/syntaxes/sample.scopes.txt');

describe('syntaxes/riscv-asm', () => {
  before(loadGrammar);

  it('is what the descriptions of instructions and CSRs make it (npm run syntaxes)', () => {
    assert.equal(readFileSync(join(root, 'syntaxes/riscv-asm.tmLanguage.json'), 'utf8'), grammarText());
  });

  it('gives each token of the sample its scope (UPDATE_GOLDENS=1 writes them anew)', () => {
    const actual = tokens(readFileSync(join(root, 'test/syntaxes/sample.S'), 'utf8'))
      .map((token) => `${String(token.line).padStart(2)}  ${token.text.padEnd(28)} ${token.scope}`)
      .join('\n');
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, `${actual}\n`);
    assert.ok(existsSync(golden), 'the golden is missing');
    assert.equal(`${actual}\n`, readFileSync(golden, 'utf8'));
  });

  it('knows every described instruction by its extension', () => {
    for (const { mnemonic, extension } of [...allInstructions, ...allCompressed]) {
      assert.equal(
        scopeOf(mnemonic, `        ${mnemonic} a0`),
        `keyword.mnemonic.${extension.toLowerCase()}`,
      );
    }
  });

  it('knows every described CSR where an instruction names one, and not elsewhere', () => {
    for (const { name } of allCsrs) {
      assert.equal(scopeOf(name, `        csrr a0, ${name}`), 'support.type.csr');
      assert.equal(scopeOf(name, `        call ${name}`), 'meta.symbol');
    }
  });

  it('colours nothing in the sample guests as a mnemonic that it does not know', () => {
    const text = readFileSync(join(root, 'sample-guests/hello/hello.S'), 'utf8');
    const unknown = tokens(text).filter(({ scope }) => scope === 'entity.name.function.mnemonic');
    assert.deepEqual(unknown, []);
  });

  it('has a language configuration that is JSON, with a word pattern that takes mnemonics whole', () => {
    const configuration: unknown = createRequire(import.meta.url)(
      join(root, 'syntaxes/riscv.language-configuration.json'),
    );
    const { wordPattern } = configuration as { wordPattern: string };
    assert.deepEqual('amoadd.w.aq a0, %hi(x_1), 0x1f'.match(new RegExp(wordPattern, 'g')), [
      'amoadd.w.aq',
      'a0',
      '%hi',
      'x_1',
      '0x1f',
    ]);
  });
});

function scopeOf(text: string, line: string): string | undefined {
  return tokens(line).find((token) => token.text === text)?.scope;
}
