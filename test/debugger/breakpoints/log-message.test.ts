import assert from 'node:assert/strict';
import { parseLogMessage } from '../../../src/debugger/breakpoints/log-message.ts';

const read = (message: string): string =>
  parseLogMessage(message)
    .map((part) => (part.kind === 'text' ? part.text : `<${part.text}>`))
    .join('|');

describe('debugger/breakpoints/log-message', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain', 'plain'],
    ['n is {n}, m {m + 1}!', 'n is |<n>|, m |<m + 1>|!'],
    ['{{literal}} {x}', '{literal} |<x>'],
    ['open { brace', 'open { brace'],
    ['{}', '{}'],
    ['', ''],
  ];
  for (const [message, expected] of rows)
    it(`cuts '${message}'`, () => assert.equal(read(message), expected));
});
