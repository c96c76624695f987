import { ByteReader } from '../byte-reader.ts';

/** Kinds of BTF records (Documentation/bpf/btf.rst, 2.2). */
export const btfKind = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FWD: 7,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  FLOAT: 16,
  DECL_TAG: 17,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;

/** What every record begins with. */
export interface BtfRecord {
  readonly kind: number;
  readonly name: string;
  /** How many parts follow. */
  readonly count: number;
  /** Of what bit 31 tells, the kind decides. */
  readonly flag: boolean;
  /** `size` of a kind that has one; else the number of another type. */
  readonly sizeOrType: number;
  /** Where what is the kind's own begins, in the bytes that `reader` reads. */
  readonly rest: number;
}

/** The records of a .BTF section by their numbers; those of a module go on where its kernel's end. */
export class BtfRecords {
  readonly #bytes: Uint8Array;
  readonly #names: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #base: BtfRecords | undefined;

  private constructor(parts: {
    readonly bytes: Uint8Array;
    readonly names: Uint8Array;
    readonly offsets: Uint32Array;
    readonly base: BtfRecords | undefined;
  }) {
    this.#bytes = parts.bytes;
    this.#names = parts.names;
    this.#offsets = parts.offsets;
    this.#base = parts.base;
  }

  /** Nothing where the bytes are no BTF. What follows a damaged record, or one of a kind of the future, is left out. */
  static read(bytes: Uint8Array, base?: BtfRecords): BtfRecords | undefined {
    const header = new ByteReader(bytes);
    const isBtf = header.u16() === 0xeb9f && header.u8() === 1;
    header.u8();
    const headerSize = header.u32();
    const [typesAt, typesSize] = [headerSize + header.u32(), header.u32()];
    const [namesAt, namesSize] = [headerSize + header.u32(), header.u32()];
    if (!isBtf || header.failed || typesAt + typesSize > bytes.length || namesAt + namesSize > bytes.length)
      return undefined;
    const types = bytes.subarray(typesAt, typesAt + typesSize);
    const names = bytes.subarray(namesAt, namesAt + namesSize);
    return new BtfRecords({ bytes: types, names, offsets: offsetsOf(types), base });
  }

  /** The number of the first record that is not the base's; 0 is void, which has no record. */
  get first(): number {
    return this.#base === undefined ? 1 : this.#base.end;
  }

  /** The number after the last record. */
  get end(): number {
    return this.first + this.#offsets.length;
  }

  /** Undefined for void, and for a number that is none. */
  at(index: number): BtfRecord | undefined {
    if (index < this.first) return this.#base?.at(index);
    const offset = this.#offsets[index - this.first];
    if (offset === undefined) return undefined;
    const reader = new ByteReader(this.#bytes, offset);
    const name = this.name(reader.u32());
    const { kind, count, flag } = unpack(reader.u32());
    return { kind, name, count, flag, sizeOrType: reader.u32(), rest: reader.offset };
  }

  /** Reads from an offset that a record of this number says; those of the base lie in its bytes. */
  reader(index: number, offset: number): ByteReader {
    if (index < this.first && this.#base !== undefined) return this.#base.reader(index, offset);
    return new ByteReader(this.#bytes, offset);
  }

  /** A name by its offset: a module's names come after its kernel's. */
  name(offset: number): string {
    const before = this.#base === undefined ? 0 : this.#base.#nameBytes;
    if (offset < before && this.#base !== undefined) return this.#base.name(offset);
    return new ByteReader(this.#names, offset - before).string();
  }

  get #nameBytes(): number {
    return this.#names.length + (this.#base === undefined ? 0 : this.#base.#nameBytes);
  }
}

function offsetsOf(bytes: Uint8Array): Uint32Array {
  const found: number[] = [];
  const reader = new ByteReader(bytes);
  while (!reader.done) {
    const { offset } = reader;
    reader.u32();
    const { kind, count } = unpack(reader.u32());
    reader.u32();
    const size = restSize(kind, count);
    if (reader.failed || size === undefined || size > reader.remaining) break;
    reader.offset += size;
    found.push(offset);
  }
  return Uint32Array.from(found);
}

/** Bits that older kernels leave zero have become part of count and kind in newer ones. */
function unpack(info: number): { readonly kind: number; readonly count: number; readonly flag: boolean } {
  return { kind: (info >>> 24) & 0x7f, count: info & 0xff_ffff, flag: info >>> 31 === 1 };
}

/** Bytes after what all records have. */
function restSize(kind: number, count: number): number | undefined {
  switch (kind) {
    case btfKind.PTR:
    case btfKind.FWD:
    case btfKind.TYPEDEF:
    case btfKind.VOLATILE:
    case btfKind.CONST:
    case btfKind.RESTRICT:
    case btfKind.FUNC:
    case btfKind.FLOAT:
    case btfKind.TYPE_TAG:
      return 0;
    case btfKind.INT:
    case btfKind.VAR:
    case btfKind.DECL_TAG:
      return 4;
    case btfKind.ARRAY:
      return 12;
    case btfKind.ENUM:
    case btfKind.FUNC_PROTO:
      return 8 * count;
    case btfKind.STRUCT:
    case btfKind.UNION:
    case btfKind.DATASEC:
    case btfKind.ENUM64:
      return 12 * count;
    default:
      return undefined;
  }
}
