import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Oniguruma from 'vscode-oniguruma';
import type * as TextMate from 'vscode-textmate';
import { root } from '../../scripts/root.ts';

// Both are CommonJS in a wrapper that hides their exports from `import`.
const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma') as typeof Oniguruma;
const textmate = require('vscode-textmate') as typeof TextMate;

/** A coloured stretch of text; blank ones and the language's own scope are left out. */
interface Token {
  readonly line: number;
  readonly text: string;
  readonly scope: string;
}

let grammar: TextMate.IGrammar | undefined;

/** Loads the grammar with the engine that VS Code colours with. */
export async function loadGrammar(): Promise<void> {
  const wasm = require.resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(new Uint8Array(readFileSync(wasm)).buffer);
  const path = join(root, 'syntaxes/riscv-asm.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources: string[]) => new oniguruma.OnigScanner(sources),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, 'utf8'), path),
  });
  grammar = (await registry.loadGrammar('source.riscv-asm')) ?? undefined;
}

/** The tokens of a text, each with its innermost scope less the language's name. */
export function tokens(text: string): readonly Token[] {
  if (!grammar) throw new Error('loadGrammar comes first');
  const found: Token[] = [];
  let state = textmate.INITIAL;
  for (const [index, line] of text.split('\n').entries()) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      const content = line.slice(startIndex, endIndex).trim();
      const scope = scopes.length > 1 ? (scopes.at(-1) ?? '') : '';
      if (content !== '')
        found.push({ line: index + 1, text: content, scope: scope.replace(/\.riscv-asm$/, '') });
    }
  }
  return found;
}
