import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-languageserver/node';
import { serve } from '../../src/lsp/server.ts';

const uri = 'file:///start.S';
const text = '_start: csrw sstatus, a0\n        addi a0, a0, 1\n        j _start\n';

describe('lsp/server', () => {
  let client: MessageConnection;
  before(async () => {
    const up = new PassThrough();
    const down = new PassThrough();
    serve(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)));
    client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    client.listen();
    await client.sendRequest('initialize', { capabilities: {}, rootUri: null, processId: null });
    await client.sendNotification('initialized', {});
    await client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'riscv-asm', version: 1, text },
    });
  });
  after(() => client.dispose());

  const hover = async (line: number, character: number): Promise<string> => {
    const answer = await client.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', {
      textDocument: { uri },
      position: { line, character },
    });
    return answer?.contents.value ?? '';
  };

  it('explains an instruction, a CSR and a register under the cursor', async () => {
    assert.match(await hover(1, 9), /addi/);
    assert.match(await hover(0, 15), /sstatus/);
    assert.match(await hover(1, 13), /a0.*x10.*argument/);
    assert.equal(await hover(2, 11), '');
  });

  it('goes from a jump to its label', async () => {
    const found = await client.sendRequest<{ range: { start: { line: number } } }>(
      'textDocument/definition',
      {
        textDocument: { uri },
        position: { line: 2, character: 12 },
      },
    );
    assert.equal(found.range.start.line, 0);
  });

  it('outlines the labels, and again after a change', async () => {
    const names = async (): Promise<readonly string[]> =>
      (
        await client.sendRequest<{ name: string }[]>('textDocument/documentSymbol', { textDocument: { uri } })
      ).map((symbol) => symbol.name);
    assert.deepEqual(await names(), ['_start']);
    await client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: `${text}end: nop\n` }],
    });
    assert.deepEqual(await names(), ['_start', 'end']);
  });
});
