import { latin1 } from '../../common/latin1.ts';
import type { SavedState } from '../device.ts';
import { findInFolder, type HostFile, type HostFolder } from '../host-folder.ts';
import type { Datagram } from './udp.ts';

const tftpPort = 69;

const opcode = { read: 1, data: 3, acknowledge: 4, error: 5, optionsAcknowledge: 6 } as const;
const errorCode = { notFound: 1, illegal: 4 } as const;
const defaultBlockBytes = 512;
/** What fits into a frame (RFC 2348). */
const largestBlockBytes = 1468;
/** Transfers that are remembered; the oldest is forgotten for another. */
const mostTransfers = 16;
/** The port at which the first transfer goes on; the next count on from it. */
const firstPort = 50_000;

interface Transfer {
  readonly [name: string]: SavedState;
  readonly path: string;
  readonly client: number;
  readonly clientPort: number;
  readonly port: number;
  readonly blockBytes: number;
}

/** Plain data: the transfers under way, and how many there ever were. */
export interface TftpState {
  readonly [name: string]: SavedState;
  readonly begun: number;
  readonly transfers: readonly Transfer[];
}

/** Hands out the files of a folder by TFTP (RFC 1350), as boot loaders want them; nothing can be written. */
export class TftpServer {
  readonly #folder: HostFolder;
  #begun = 0;
  #transfers: Transfer[] = [];

  constructor(folder: HostFolder) {
    this.#folder = folder;
  }

  /** Is a datagram to this port for it? */
  hasPort(port: number): boolean {
    return port === tftpPort || this.#transfers.some((transfer) => transfer.port === port);
  }

  /** The answer to a datagram; undefined where there is none. */
  receive(datagram: Datagram): Datagram | undefined {
    const { payload, destinationPort } = datagram;
    if (payload.length < 4) return undefined;
    const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    if (destinationPort === tftpPort) return this.#begin(datagram, code);
    return code === opcode.acknowledge ? this.#goOn(datagram) : undefined;
  }

  clear(): void {
    this.#begun = 0;
    this.#transfers = [];
  }

  save(): TftpState {
    return { begun: this.#begun, transfers: [...this.#transfers] };
  }

  restore({ begun, transfers }: TftpState): void {
    this.#begun = begun;
    this.#transfers = [...transfers];
  }

  #begin(datagram: Datagram, code: number): Datagram {
    if (code !== opcode.read)
      return answer(datagram, tftpPort, errorMessage(errorCode.illegal, 'Only reading'));
    const [path = '', , ...pairs] = latin1(datagram.payload.subarray(2)).split('\0');
    const file = this.#file(path);
    if (file === undefined)
      return answer(datagram, tftpPort, errorMessage(errorCode.notFound, 'File not found'));
    const options = new Map<string, string>();
    for (let index = 0; index + 1 < pairs.length; index += 2)
      options.set((pairs[index] ?? '').toLowerCase(), pairs[index + 1] ?? '');
    const wantedBytes = Number(options.get('blksize') ?? Number.NaN);
    const blockBytes =
      wantedBytes >= 8 ? Math.min(Math.floor(wantedBytes), largestBlockBytes) : defaultBlockBytes;
    const transfer: Transfer = {
      path,
      client: datagram.source,
      clientPort: datagram.sourcePort,
      port: firstPort + (this.#begun++ % 10_000),
      blockBytes,
    };
    this.#transfers = [...this.#transfers.slice(1 - mostTransfers), transfer];
    const accepted = [
      ...(options.has('blksize') ? ['blksize', String(blockBytes)] : []),
      ...(options.has('tsize') ? ['tsize', String(file.size)] : []),
    ];
    const message =
      accepted.length === 0 ? block(file, transfer, 1) : text(opcode.optionsAcknowledge, accepted);
    return answer(datagram, transfer.port, message);
  }

  /** A block has arrived: sends the next. */
  #goOn(datagram: Datagram): Datagram | undefined {
    const { source, sourcePort, destinationPort, payload } = datagram;
    const transfer = this.#transfers.find(
      ({ port, client, clientPort }) =>
        port === destinationPort && client === source && clientPort === sourcePort,
    );
    const file = transfer && this.#file(transfer.path);
    if (!file) return undefined;
    const arrived = ((payload[2] ?? 0) << 8) | (payload[3] ?? 0);
    // The last block is shorter than the others.
    if (arrived > Math.floor(file.size / transfer.blockBytes)) {
      this.#transfers = this.#transfers.filter((each) => each !== transfer);
      return undefined;
    }
    return answer(datagram, transfer.port, block(file, transfer, arrived + 1));
  }

  /** A file that block numbers reach, which do not wrap here. */
  #file(path: string): HostFile | undefined {
    const node = findInFolder(this.#folder, path);
    return node?.kind === 'file' && node.size < defaultBlockBytes * 0xffff ? node : undefined;
  }
}

function block(file: HostFile, { blockBytes }: Transfer, number: number): Uint8Array {
  const offset = (number - 1) * blockBytes;
  const bytes = file.read(offset, Math.max(0, Math.min(blockBytes, file.size - offset)));
  return Uint8Array.of(0, opcode.data, number >>> 8, number & 0xff, ...bytes);
}

function errorMessage(code: number, message: string): Uint8Array {
  return Uint8Array.of(0, opcode.error, 0, code, ...Array.from(message, (letter) => letter.charCodeAt(0)), 0);
}

function text(code: number, words: readonly string[]): Uint8Array {
  const letters = Array.from(words.map((word) => `${word}\0`).join(''), (letter) => letter.charCodeAt(0));
  return Uint8Array.of(0, code, ...letters);
}

function answer({ source, sourcePort, destination }: Datagram, port: number, payload: Uint8Array): Datagram {
  return { source: destination, sourcePort: port, destination: source, destinationPort: sourcePort, payload };
}
