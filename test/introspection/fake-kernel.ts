import assert from 'node:assert/strict';
import type { ReadKernel } from '../../src/introspection/kernel-object.ts';
import { LinuxKernel } from '../../src/introspection/linux/linux-kernel.ts';
import { arrayOf, pointerTo, VOID, type RecordType, type Type } from '../../src/symbols/types.ts';

/** Members of a record: `['pid', 'u32', 16]`, `['mm', 'struct mm_struct *', 24]`, `['comm', 'char[16]', 32]`. */
export type Layout = Readonly<
  Record<string, { readonly size: number; readonly members: readonly (readonly [string, string, number])[] }>
>;

/** A kernel of a test's own making: types, variables, and a sparse memory that the test fills. */
export class FakeKernel {
  readonly #layout: Layout;
  readonly #variables: Readonly<Record<string, bigint>>;
  readonly #bytes = new Map<bigint, number>();

  constructor(layout: Layout, variables: Readonly<Record<string, bigint>>) {
    this.#layout = layout;
    this.#variables = variables;
  }

  get linux(): LinuxKernel {
    return LinuxKernel.of(this.symbols, this.read) ?? assert.fail('no Linux');
  }

  readonly symbols: LinuxKernel['symbols'] = {
    typeNamed: ([, name = '']) => (this.#layout[name] === undefined ? undefined : this.#record(name)),
    symbolsNamed: (name) => {
      const address = this.#variables[name];
      return address === undefined ? [] : [{ name, address, size: 0n, kind: 'object', binding: 'global' }];
    },
  };

  readonly read: ReadKernel = (address, length) => {
    const found: number[] = [];
    for (let offset = 0; offset < length; offset++) {
      const byte = this.#bytes.get(address + BigInt(offset));
      if (byte === undefined) break;
      found.push(byte);
    }
    return Uint8Array.from(found);
  };

  /** Puts a record with all its bytes there, zero but for what is told. */
  put(type: string, address: bigint, values: Readonly<Record<string, bigint | string>> = {}): void {
    const { size, members } = this.#layout[type] ?? assert.fail(type);
    this.bytes(address, new Uint8Array(size));
    for (const [name, value] of Object.entries(values)) {
      const [, , offset] = members.find(([member]) => member === name) ?? assert.fail(name);
      const place = address + BigInt(offset);
      if (typeof value === 'string') this.bytes(place, Buffer.from(`${value}\0`));
      else this.word(place, value);
    }
  }

  bytes(address: bigint, bytes: Uint8Array): void {
    bytes.forEach((byte, offset) => this.#bytes.set(address + BigInt(offset), byte));
  }

  word(address: bigint, value: bigint, size = 8): void {
    for (let offset = 0; offset < size; offset++)
      this.#bytes.set(address + BigInt(offset), Number((value >> BigInt(8 * offset)) & 0xffn));
  }

  /** Hangs list heads at these addresses into a ring; the first is its head. */
  ring(heads: readonly bigint[]): void {
    heads.forEach((head, index) => {
      const next = heads[(index + 1) % heads.length] ?? head;
      this.word(head, next);
      this.word(next + 8n, head);
    });
  }

  #record(name: string): RecordType {
    const { size, members } = this.#layout[name] ?? assert.fail(name);
    const typed = (text: string): Type => this.#type(text);
    return {
      kind: 'struct',
      name,
      byteSize: size,
      isComplete: true,
      get members() {
        return members.map(([member, type, byteOffset]) => ({
          name: member,
          type: typed(type),
          byteOffset,
          bitField: undefined,
        }));
      },
    };
  }

  #type(text: string): Type {
    const array = /^(.*)\[(\d+)\]$/.exec(text);
    if (array !== null) return arrayOf(this.#type(array[1] ?? ''), Number(array[2]));
    if (text.endsWith(' *')) return pointerTo(this.#type(text.slice(0, -2)));
    if (text.startsWith('struct ')) return this.#record(text.slice(7));
    if (text === 'void') return VOID;
    if (text === 'char') return { kind: 'base', name: 'char', byteSize: 1, encoding: 'unsigned-character' };
    const byteSize = Number(text.slice(1)) / 8;
    return { kind: 'base', name: text, byteSize, encoding: 'unsigned' };
  }
}

/** The head and links of Linux's lists. */
export const listHead = { size: 16, members: [['next', 'struct list_head *', 0]] } as const;
