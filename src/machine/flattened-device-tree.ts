/** A property: 32-bit cells, a string or list of strings, bytes as they are, or `true` for mere presence. */
export type DeviceTreeValue = readonly number[] | string | readonly string[] | Uint8Array | true;

/** A node, with what lies below it. */
export interface DeviceTreeNode {
  /** With the unit address: `serial@10000000`; empty for the root. */
  readonly name: string;
  readonly properties: Readonly<Record<string, DeviceTreeValue>>;
  readonly children?: readonly DeviceTreeNode[];
}

const magic = 0xd00d_feed;
const version = 17;
const lastCompatibleVersion = 16;
const headerBytes = 40;
/** One all-zero entry ends the memory reservation block. */
const reservationBytes = 16;
const token = { beginNode: 1, endNode: 2, property: 3, end: 9 } as const;

/** Writes a tree as a devicetree blob (Devicetree Specification 0.4, chapter 5). */
export function flattenDeviceTree(root: DeviceTreeNode): Uint8Array {
  const structure = new BigEndianWriter();
  const strings = new StringTable();
  writeNode(root, structure, strings);
  structure.word(token.end);
  const body = structure.bytes();
  const names = strings.bytes();
  const structureOffset = headerBytes + reservationBytes;
  const stringsOffset = structureOffset + body.length;
  const header = new BigEndianWriter();
  for (const word of [
    magic,
    stringsOffset + names.length,
    structureOffset,
    stringsOffset,
    headerBytes,
    version,
    lastCompatibleVersion,
    0, // boot_cpuid_phys
    names.length,
    body.length,
  ]) {
    header.word(word);
  }
  const blob = new Uint8Array(stringsOffset + names.length);
  blob.set(header.bytes());
  blob.set(body, structureOffset);
  blob.set(names, stringsOffset);
  return blob;
}

/** Two cells, most significant first: an address or a size where `#address-cells` and `#size-cells` are 2. */
export function cells64(value: number): readonly [number, number] {
  return [Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000];
}

function writeNode(node: DeviceTreeNode, out: BigEndianWriter, strings: StringTable): void {
  out.word(token.beginNode);
  out.padded(text(node.name));
  for (const [name, value] of Object.entries(node.properties)) {
    const bytes = encode(value);
    out.word(token.property);
    out.word(bytes.length);
    out.word(strings.offsetOf(name));
    out.padded(bytes);
  }
  for (const child of node.children ?? []) writeNode(child, out, strings);
  out.word(token.endNode);
}

function encode(value: DeviceTreeValue): Uint8Array {
  if (value === true) return new Uint8Array();
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return text(value);
  const out = new BigEndianWriter();
  for (const item of value) {
    if (typeof item === 'number') out.word(item);
    else out.raw(text(item));
  }
  return out.bytes();
}

/** UTF-8 with a zero at the end. */
function text(value: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), continuation(code));
    else if (code < 0x1_0000) bytes.push(0xe0 | (code >> 12), continuation(code >> 6), continuation(code));
    else
      bytes.push(0xf0 | (code >> 18), continuation(code >> 12), continuation(code >> 6), continuation(code));
  }
  return Uint8Array.from([...bytes, 0]);
}

function continuation(code: number): number {
  return 0x80 | (code & 0x3f);
}

class BigEndianWriter {
  readonly #bytes: number[] = [];

  word(value: number): void {
    this.#bytes.push(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** Followed by zeros up to the next word. */
  padded(bytes: Uint8Array): void {
    this.raw(bytes);
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #out = new BigEndianWriter();
  #length = 0;

  offsetOf(name: string): number {
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.#length;
    const bytes = text(name);
    this.#out.raw(bytes);
    this.#length += bytes.length;
    this.#offsets.set(name, offset);
    return offset;
  }

  bytes(): Uint8Array {
    return this.#out.bytes();
  }
}
