import type { RecordType } from '../symbols/types.ts';
import { findMember, sizeOf, underlying } from '../symbols/types.ts';

/** Reads memory of a kernel's space without any effect; fewer bytes where it is not mapped. */
export type ReadKernel = (address: bigint, length: number) => Uint8Array;

/**
 * A record of a kernel's in its memory, read member by member. What cannot be read, or is no member of this kernel's,
 * is undefined: a kernel that is looked at from outside may be of another version, half set up, or damaged.
 */
export class KernelObject {
  readonly address: bigint;
  readonly #type: RecordType;
  readonly #read: ReadKernel;

  constructor(type: RecordType, address: bigint, read: ReadKernel) {
    this.#type = type;
    this.address = BigInt.asUintN(64, address);
    this.#read = read;
  }

  /** Where a member lies; `a.b` is a member of a member. */
  place(path: string): { readonly address: bigint; readonly size: number } | undefined {
    const found = this.#find(path);
    return found && { address: this.address + BigInt(found.offset), size: found.size };
  }

  /** An integer or a pointer, without sign. */
  word(path: string): bigint | undefined {
    const found = this.place(path);
    if (found === undefined || found.size > 8) return undefined;
    const bytes = this.#read(found.address, found.size);
    if (bytes.length < found.size) return undefined;
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  /** An array of characters, up to its first zero. */
  text(path: string): string | undefined {
    const found = this.place(path);
    const bytes = found && this.#read(found.address, Math.min(found.size, longestText));
    if (bytes === undefined || bytes.length === 0) return undefined;
    const end = bytes.indexOf(0);
    return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
  }

  /** A member, or an element of one, that is a record itself. */
  part(path: string, element = 0): KernelObject | undefined {
    const found = this.#find(path);
    const type = found && underlying(found.type);
    if (found === undefined || type === undefined) return undefined;
    const record = type.kind === 'array' ? underlying(type.element) : type;
    if (record.kind !== 'struct' && record.kind !== 'union') return undefined;
    return new KernelObject(
      record,
      this.address + BigInt(found.offset + element * record.byteSize),
      this.#read,
    );
  }

  /** What a pointer points to; undefined for a null pointer. */
  target(path: string): KernelObject | undefined {
    const address = this.word(path);
    const found = this.#find(path);
    const pointer = found && underlying(found.type);
    if (address === undefined || address === 0n || pointer?.kind !== 'pointer') return undefined;
    const type = underlying(pointer.target);
    return type.kind === 'struct' || type.kind === 'union'
      ? new KernelObject(type, address, this.#read)
      : undefined;
  }

  /**
   * The records that hang in a list (`struct list_head`) that is a member of this one. `type` is theirs, `link` the
   * member by which they hang. A list that does not come back to its head ends after `most` of them.
   */
  *list(head: string, type: RecordType, link: string, most: number): Generator<KernelObject> {
    const end = this.place(head)?.address;
    const offset = new KernelObject(type, 0n, this.#read).place(link)?.address;
    if (end === undefined || offset === undefined) return;
    let next = this.#pointerAt(end);
    for (let left = most; left > 0 && next !== undefined && next !== 0n && next !== end; left--) {
      yield new KernelObject(type, next - offset, this.#read);
      next = this.#pointerAt(next);
    }
  }

  #pointerAt(address: bigint): bigint | undefined {
    const bytes = this.#read(address, 8);
    if (bytes.length < 8) return undefined;
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  #find(
    path: string,
  ):
    | { readonly offset: number; readonly size: number; readonly type: RecordType['members'][number]['type'] }
    | undefined {
    let record: RecordType = this.#type;
    let offset = 0;
    for (const [index, name] of path.split('.').entries()) {
      const found = findMember(record, name);
      if (found === undefined || found.member.bitField !== undefined) return undefined;
      offset += found.byteOffset;
      const { type } = found.member;
      if (index === path.split('.').length - 1) return { offset, size: sizeOf(type) ?? 0, type };
      const inner = underlying(type);
      if (inner.kind !== 'struct' && inner.kind !== 'union') return undefined;
      record = inner;
    }
    return undefined;
  }
}

const longestText = 256;
