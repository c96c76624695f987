import {
  MarkupKind,
  SymbolKind,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type DocumentSymbol,
  type Hover,
  type Location,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isMnemonic, readAssembly, wordAt, type AssemblyDocument, type Label } from './assembly-document.ts';
import { explainWord } from './hover.ts';
import { definitionOf, outlineOf } from './navigation.ts';

/** Serves RISC-V assembly over a connection: hover, outline, go to definition. */
export function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const parsed = new Map<string, { readonly version: number; readonly document: AssemblyDocument }>();

  const read = (uri: string): AssemblyDocument | undefined => {
    const text = documents.get(uri);
    if (text === undefined) return undefined;
    const known = parsed.get(uri);
    if (known?.version === text.version) return known.document;
    const document = readAssembly(text.getText());
    parsed.set(uri, { version: text.version, document });
    return document;
  };

  connection.onInitialize(() => ({
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      hoverProvider: true,
      documentSymbolProvider: true,
      definitionProvider: true,
    },
  }));
  connection.onHover(({ textDocument, position }): Hover | null => {
    const document = read(textDocument.uri);
    const word = document && wordAt(document, position.line, position.character);
    if (!document || !word) return null;
    const value = explainWord(word.text, isMnemonic(document, position.line, word.start));
    if (value === undefined) return null;
    const { line } = position;
    return {
      contents: { kind: MarkupKind.Markdown, value },
      range: { start: { line, character: word.start }, end: { line, character: word.end } },
    };
  });
  connection.onDocumentSymbol(({ textDocument }): DocumentSymbol[] => {
    const document = read(textDocument.uri);
    return document === undefined
      ? []
      : outlineOf(document).map((item) => toSymbol(document, item.label, item.endLine));
  });
  connection.onDefinition(({ textDocument, position }): Location | null => {
    const document = read(textDocument.uri);
    const word = document && wordAt(document, position.line, position.character);
    const label = document && word && definitionOf(document, word.text, position.line);
    return label ? { uri: textDocument.uri, range: rangeOf(label) } : null;
  });
  documents.onDidClose(({ document }) => parsed.delete(document.uri));
  documents.listen(connection);
  connection.listen();
}

const symbolKinds = {
  label: SymbolKind.Function,
  macro: SymbolKind.Module,
  constant: SymbolKind.Constant,
} as const;

function toSymbol(document: AssemblyDocument, label: Label, endLine: number): DocumentSymbol {
  const start = { line: label.line, character: 0 };
  const end = { line: endLine, character: document.code[endLine]?.length ?? 0 };
  return {
    name: label.name,
    detail: label.global ? 'global' : '',
    kind: symbolKinds[label.kind],
    range: { start, end },
    selectionRange: rangeOf(label),
  };
}

function rangeOf(label: Label): Location['range'] {
  const { line, character } = label;
  return { start: { line, character }, end: { line, character: character + label.name.length } };
}
