import type { SavedState } from '../../device.ts';
import type { HostFolder } from '../../host-folder.ts';
import { RequestError } from './error-number.ts';
import { FileRequests } from './file-requests.ts';
import { Fids, type FidsState } from './fids.ts';
import { MessageReader, messageHead, MessageWriter } from './message.ts';
import { NameRequests } from './name-requests.ts';
import { errorAnswer, requestName, type RequestName } from './requests.ts';
import { SharedTree, type TreeState } from './tree.ts';

/** A folder that a guest shares with the host. */
export interface ShareOptions {
  /** By which the guest mounts it. */
  readonly tag: string;
  readonly folder: HostFolder;
  /** What a guest writes stays in the machine either way. */
  readonly access: 'read-write' | 'read-only';
  readonly nowSeconds: () => number;
}

/** Plain data: a session, with what the guest has changed. */
export interface ServerState {
  readonly [name: string]: SavedState;
  readonly messageBytes: number;
  readonly tree: TreeState;
  readonly fids: FidsState;
}

const protocolVersion = '9P2000.L';
const largestMessage = 0x8_0000;
const smallestMessage = 4096;

/** Reads the arguments of a request, does it, and writes what the answer holds after its head. */
export type Handler = (request: MessageReader, answer: MessageWriter) => void;

/** Answers the requests of 9P2000.L about a folder, one after the other. */
export class Server {
  readonly tree: SharedTree;
  readonly fids: Fids;
  readonly #handlers: Readonly<Record<RequestName, Handler>>;
  #messageBytes = smallestMessage;

  constructor(options: ShareOptions) {
    this.tree = new SharedTree(options);
    this.fids = new Fids(this.tree);
    const context = {
      tree: this.tree,
      fids: this.fids,
      access: options.access,
      mostBytes: (): number => this.#messageBytes,
    };
    const files = new FileRequests(context);
    const names = new NameRequests(context);
    this.#handlers = {
      ...files.handlers,
      ...names.handlers,
      version: (request, answer) => this.#version(request, answer),
      // A request is answered before another is looked at: there is never one to flush.
      flush: () => {},
    };
  }

  /** The answer to a message; undefined where it is too short to be answered at all. */
  answer(message: Uint8Array): Uint8Array | undefined {
    const request = new MessageReader(message);
    request.word();
    const number = request.byte();
    const tag = request.half();
    if (request.isShort) return undefined;
    const body = new MessageWriter();
    let kind = number + 1;
    try {
      this.#handle(requestName(number), request, body);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      kind = errorAnswer;
      const failure = new MessageWriter().word(error.number);
      return headed(kind, tag, failure);
    }
    return headed(kind, tag, body);
  }

  /** The driver begins anew: it holds nothing. */
  reset(): void {
    this.fids.clear();
    this.#messageBytes = smallestMessage;
  }

  renew(): void {
    this.tree.renew();
    this.reset();
  }

  save(): ServerState {
    return { messageBytes: this.#messageBytes, tree: this.tree.save(), fids: this.fids.save() };
  }

  restore({ messageBytes, tree, fids }: ServerState): void {
    this.#messageBytes = messageBytes;
    this.tree.restore(tree);
    this.fids.restore(fids);
  }

  #handle(name: RequestName | undefined, request: MessageReader, body: MessageWriter): void {
    if (name === undefined) throw new RequestError('notSupported');
    this.#handlers[name](request, body);
  }

  #version(request: MessageReader, answer: MessageWriter): void {
    const wanted = request.word();
    const version = request.text();
    if (request.isShort || wanted < smallestMessage) throw new RequestError('protocol');
    this.fids.clear();
    this.#messageBytes = Math.min(wanted, largestMessage);
    answer.word(this.#messageBytes).text(version === protocolVersion ? protocolVersion : 'unknown');
  }
}

function headed(kind: number, tag: number, body: MessageWriter): Uint8Array {
  return new MessageWriter()
    .word(messageHead + body.length)
    .byte(kind)
    .half(tag)
    .raw(body.finish())
    .finish();
}
