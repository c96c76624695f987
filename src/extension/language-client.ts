import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import * as vscode from 'vscode';

/** Starts the language server for RISC-V assembly in a process of its own. */
export function startLanguageClient(context: vscode.ExtensionContext): LanguageClient {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'language-server.js').fsPath;
  const client = new LanguageClient(
    'strata.assembly',
    'RISC-V Assembly',
    { module, transport: TransportKind.ipc },
    { documentSelector: [{ language: 'riscv-asm' }] },
  );
  void client.start();
  return client;
}
