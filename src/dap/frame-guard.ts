import { Transform, type TransformCallback } from 'node:stream';

/** More than any client sends: a longer frame is a broken header. */
const maximumLength = 64 * 2 ** 20;
const maximumHeader = 4096;
const separator = '\r\n\r\n';
const marker = 'Content-Length:';

/**
 * Lets through whole DAP frames that hold a request or a response, and reports everything else, so that garbage
 * costs what it damaged and no more: after it, reading goes on at the next header.
 */
export class FrameGuard extends Transform {
  readonly #report: (problem: string) => void;
  #data: Buffer = Buffer.alloc(0);

  constructor(report: (problem: string) => void) {
    super();
    this.#report = report;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#data = Buffer.concat([this.#data, chunk]);
    while (this.#takeOne());
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#data.length > 0)
      this.#report(`the stream ended within a frame; ${this.#data.length} bytes are lost`);
    done();
  }

  /** Takes one frame, or one piece of garbage, off the front. `false`: more bytes are needed first. */
  #takeOne(): boolean {
    const start = this.#data.indexOf(marker);
    const end = this.#data.indexOf(separator);
    if (start > 0 && (end === -1 || start < end) && !isHeaderLine(this.#data, start))
      return this.#skip(start);
    if (end === -1) return this.#data.length > maximumHeader && this.#skip(this.#lastPossibleStart());
    const header = this.#data.toString('latin1', 0, end);
    const length = contentLength(header);
    if (length === undefined) return this.#skip(start > end ? start : end + separator.length);
    const bodyStart = end + separator.length;
    if (this.#data.length < bodyStart + length) return false;
    this.#pass(this.#data.subarray(bodyStart, bodyStart + length));
    this.#data = this.#data.subarray(bodyStart + length);
    return this.#data.length > 0;
  }

  #pass(body: Buffer): void {
    const problem = problemOf(body);
    if (problem === undefined) {
      this.push(Buffer.concat([Buffer.from(`Content-Length: ${body.length}${separator}`), body]));
      return;
    }
    this.#report(problem);
  }

  #skip(count: number): boolean {
    this.#report(
      `${count} bytes are no DAP frame ("Content-Length: N", an empty line, N bytes of JSON); left out`,
    );
    this.#data = this.#data.subarray(count);
    return this.#data.length > 0;
  }

  /** The end of the data may be the beginning of a marker. */
  #lastPossibleStart(): number {
    return this.#data.length - marker.length;
  }
}

/** Headers other than Content-Length may come before it, each on a line of its own. */
function isHeaderLine(data: Buffer, at: number): boolean {
  return (
    data.toString('latin1', at - 2, at) === '\r\n' &&
    /^[A-Za-z-]+: ?[^\r\n]*\r\n/.test(data.toString('latin1', 0, at))
  );
}

function contentLength(header: string): number | undefined {
  const digits = /^Content-Length: *([0-9]{1,9})$/m.exec(header.replaceAll('\r', ''))?.[1];
  const length = Number(digits);
  return digits !== undefined && length <= maximumLength ? length : undefined;
}

function problemOf(body: Buffer): string | undefined {
  let message: unknown;
  try {
    message = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return `a frame of ${body.length} bytes is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof message !== 'object' || message === null || !('type' in message))
    return 'a frame holds no DAP message';
  if (message.type === 'response') return undefined;
  if (message.type !== 'request') return `a client sends requests, not ${JSON.stringify(message.type)}`;
  if (!('command' in message) || typeof message.command !== 'string') return 'a request has no command';
  if (!('seq' in message) || typeof message.seq !== 'number') return `request ${message.command} has no seq`;
  return undefined;
}
