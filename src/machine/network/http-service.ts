import { latin1 } from '../../common/latin1.ts';
import { encodeUtf8 } from '../../common/utf8.ts';
import { findInFolder, type HostEntry, type HostFile, type HostFolder } from '../host-folder.ts';
import type { TcpConnection, TcpService } from './tcp-connection.ts';

/** TCP port (RFC 9110, 4.2.1). */
export const httpPort = 80;

/** A request line and its headers are no longer; RFC 9112, 3 asks for 8000. */
const longestHead = 16_384;
/** A larger file is refused: it would lie in memory, and in every checkpoint. */
const largestFile = 64 * 2 ** 20;

/** A web server (RFC 9112) for what lies in a folder; it answers one request a connection, like HTTP/1.0. */
export class HttpService implements TcpService {
  readonly name = 'http';
  readonly #folder: HostFolder;

  constructor(folder: HostFolder) {
    this.#folder = folder;
  }

  opened(): void {}

  received(connection: TcpConnection, bytes: Uint8Array): void {
    const { note, ourFinish } = connection.state;
    if (ourFinish !== 'not yet') return;
    const head = (typeof note === 'string' ? note : '') + latin1(bytes);
    const end = /\r?\n\r?\n/.exec(head);
    if (end) this.#answer(connection, head.slice(0, end.index));
    else if (head.length > longestHead) this.#refuse(connection, '431 Request Header Fields Too Large');
    else connection.note = head;
  }

  finished(connection: TcpConnection): void {
    connection.finish();
  }

  broken(): void {}

  #answer(connection: TcpConnection, head: string): void {
    const [method, target] = head.replace(/\r?\n.*$/s, '').split(' ');
    if (method !== 'GET' && method !== 'HEAD')
      return this.#refuse(
        connection,
        method === undefined || target === undefined ? badRequest : '501 Not Implemented',
      );
    const path = target === undefined ? undefined : pathOf(target);
    if (path === undefined) return this.#refuse(connection, badRequest);
    const node = findInFolder(this.#folder, path);
    if (node === undefined || node.kind === 'link') return this.#refuse(connection, '404 Not Found');
    if (node.kind === 'file') return this.#send(connection, method, contentType(path), node);
    if (path !== '' && !path.endsWith('/'))
      return this.#refuse(connection, '301 Moved Permanently', [`Location: /${encodeURI(path)}/`]);
    const index = findInFolder(node, 'index.html');
    if (index?.kind === 'file') return this.#send(connection, method, 'text/html', index);
    const list = encodeUtf8(listing(path, node.entries()));
    this.#send(connection, method, 'text/html', { size: list.length, read: () => list });
  }

  #send(
    connection: TcpConnection,
    method: 'GET' | 'HEAD',
    type: string,
    file: Pick<HostFile, 'size' | 'read'>,
  ): void {
    if (file.size > largestFile) return this.#refuse(connection, '413 Content Too Large');
    connection.write(responseHead('200 OK', [`Content-Type: ${type}`, `Content-Length: ${file.size}`]));
    if (method === 'GET') connection.write(file.read(0, file.size));
    connection.finish();
  }

  #refuse(connection: TcpConnection, status: string, headers: readonly string[] = []): void {
    const text = `${status}\n`;
    connection.write(
      responseHead(status, ['Content-Type: text/plain', `Content-Length: ${text.length}`, ...headers]),
    );
    connection.write(ascii(text));
    connection.finish();
  }
}

const badRequest = '400 Bad Request';

function responseHead(status: string, headers: readonly string[]): Uint8Array {
  return ascii([`HTTP/1.1 ${status}`, 'Connection: close', ...headers, '', ''].join('\r\n'));
}

/** The path within the folder that a request's target names; undefined where it is none. */
function pathOf(target: string): string | undefined {
  const path = target.replace(/^http:\/\/[^/]*/, '').replace(/[?#].*$/s, '');
  if (!path.startsWith('/')) return undefined;
  try {
    const decoded = decodeURIComponent(path).slice(1);
    return decoded.split('/').includes('..') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html',
  txt: 'text/plain',
  sh: 'text/plain',
  json: 'application/json',
};

function contentType(path: string): string {
  return contentTypes[path.replace(/^.*\./s, '')] ?? 'application/octet-stream';
}

function listing(path: string, entries: readonly HostEntry[]): string {
  const rows = entries
    .filter(({ node }) => node.kind !== 'link')
    .map(({ name, node }) => {
      const shown = node.kind === 'folder' ? `${name}/` : name;
      return `<li><a href="${encodeURIComponent(name)}${node.kind === 'folder' ? '/' : ''}">${escaped(shown)}</a></li>\n`;
    });
  const title = `/${escaped(path)}`;
  return `<!DOCTYPE html>\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n<ul>\n${rows.join('')}</ul>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
