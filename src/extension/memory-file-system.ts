import * as vscode from 'vscode';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Sessions } from './sessions.ts';

/** Scheme of documents that are guest memory: `strata-memory:/<reference>/<length>/<title>.bin`. */
export const memoryScheme = 'strata-memory';

/** A range of a space as a file. */
export function memoryUri(reference: string, length: number): vscode.Uri {
  const title = reference.replaceAll(/[^A-Za-z0-9]+/g, '-');
  return vscode.Uri.from({
    scheme: memoryScheme,
    path: `/${reference}/${length}/${title}.bin`,
  });
}

/** Guest memory as files: any editor that reads bytes can show it, and writing a file writes the guest. */
export class MemoryFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #didChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #open = new Map<string, vscode.Uri>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeFile = this.#didChangeFile.event;
  #version = 1;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#subscription = sessions.onDidChange(() => {
      this.#version++;
      const type = vscode.FileChangeType.Changed;
      this.#didChangeFile.fire([...this.#open.values()].map((uri) => ({ type, uri })));
    });
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    this.#open.set(uri.toString(), uri);
    return new vscode.Disposable(() => this.#open.delete(uri.toString()));
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { length } = parts(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#version, size: length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { reference, length } = parts(uri);
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const body = await this.#request<DebugProtocol.ReadMemoryResponse['body']>('readMemory', {
        memoryReference: reference,
        offset: at,
        count: Math.min(length - at, 2 ** 16),
      });
      const chunk = Buffer.from(body?.data ?? '', 'base64');
      bytes.set(chunk, at);
      // What cannot be read stays zero: the file keeps its addresses.
      const step = chunk.length + (body?.unreadableBytes ?? 0);
      if (step === 0) break;
      at += step;
    }
    return bytes;
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const { reference, length } = parts(uri);
    if (content.length !== length)
      throw vscode.FileSystemError.NoPermissions(
        `guest memory keeps its size: ${length} bytes, not ${content.length}`,
      );
    const before = await this.readFile(uri);
    for (const [start, end] of differences(before, content))
      await this.#request('writeMemory', {
        memoryReference: reference,
        offset: start,
        data: Buffer.from(content.subarray(start, end)).toString('base64'),
      });
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#didChangeFile.dispose();
  }

  async #request<Body>(command: string, parameters: object): Promise<Body> {
    const session = this.#sessions.current;
    if (session === undefined) throw vscode.FileSystemError.Unavailable('no guest is being debugged');
    return (await session.customRequest(command, parameters)) as Body;
  }
}

function parts(uri: vscode.Uri): { readonly reference: string; readonly length: number } {
  const [, reference, length] = uri.path.split('/');
  if (reference === undefined || !/^[0-9]+$/.test(length ?? ''))
    throw vscode.FileSystemError.FileNotFound(uri);
  return { reference, length: Number(length) };
}

/** Ranges in which two arrays of one length differ: only these are written, so devices and code elsewhere rest. */
function* differences(a: Uint8Array, b: Uint8Array): Generator<readonly [number, number]> {
  for (let at = 0; at < a.length; at++) {
    if (a[at] === b[at]) continue;
    const start = at;
    while (at < a.length && a[at] !== b[at]) at++;
    yield [start, at];
  }
}
