import type * as vscode from 'vscode';
import type { MemoryFileSystem } from './memory-file-system.ts';

const bytesPerRow = 16;

/** A read-only view of a memory document as rows of bytes, for when no hex editor is installed. */
export class MemoryEditor implements vscode.CustomReadonlyEditorProvider {
  static readonly viewType = 'strata.memory';
  readonly #files: MemoryFileSystem;

  constructor(files: MemoryFileSystem) {
    this.#files = files;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const watching = this.#files.watch(document.uri);
    const show = async (): Promise<void> => {
      panel.webview.html = page(document.uri, await this.#files.readFile(document.uri));
    };
    const subscription = this.#files.onDidChangeFile((changes) => {
      if (changes.some(({ uri }) => uri.toString() === document.uri.toString()))
        void show().catch(() => undefined);
    });
    panel.onDidDispose(() => {
      subscription.dispose();
      watching.dispose();
    });
    await show();
  }
}

function page(uri: vscode.Uri, bytes: Uint8Array): string {
  const reference = uri.path.split('/')[1] ?? '';
  const start = BigInt(/0x[0-9a-fA-F]+$/.exec(reference)?.[0] ?? 0);
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerRow) {
    const row = bytes.subarray(at, at + bytesPerRow);
    const address = (start + BigInt(at)).toString(16).padStart(16, '0');
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...row].map(printable).join('');
    rows.push(`<tr><th scope="row">${address}</th><td>${hex}</td><td>${text}</td></tr>`);
  }
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Memory ${escape(reference)}</title>
<style>
  body { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); color: var(--vscode-editor-foreground); }
  caption { text-align: left; padding: 0.5em 0; }
  th { font-weight: normal; color: var(--vscode-editorLineNumber-foreground); padding-right: 2ch; }
  td { white-space: pre; padding-right: 2ch; }
</style></head><body><table><caption>${escape(reference)}</caption><tbody>${rows.join('')}</tbody></table></body></html>`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? escape(String.fromCharCode(byte)) : '·';
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
