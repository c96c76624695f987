/** A stretch of RAM, from a host-physical address on, and what was put there: a file's own bytes, which nobody changes. */
export interface LoadedRun {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * What was loaded into RAM from files, so that whoever keeps what RAM holds can keep the file's bytes in place of a
 * copy. RAM may hold something else there by now.
 */
export class LoadedBytes {
  readonly #runs = new Map<number, Uint8Array>();
  #last: LoadedRun | undefined;

  /** `bytes` were put to `address`; pieces of one file that come one after the other become one run. */
  add(address: number, bytes: Uint8Array): void {
    const last = this.#last;
    const run = last && follows(last, address, bytes) ? joined(last, bytes) : { address, bytes };
    this.#runs.set(run.address, run.bytes);
    this.#last = run;
  }

  get runs(): readonly LoadedRun[] {
    return [...this.#runs].map(([address, bytes]) => ({ address, bytes }));
  }
}

function follows(last: LoadedRun, address: number, bytes: Uint8Array): boolean {
  return (
    last.address + last.bytes.length === address &&
    last.bytes.buffer === bytes.buffer &&
    last.bytes.byteOffset + last.bytes.length === bytes.byteOffset
  );
}

function joined({ address, bytes }: LoadedRun, more: Uint8Array): LoadedRun {
  return { address, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length + more.length) };
}
