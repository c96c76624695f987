import type { AccessSize } from '../../isa/semantics.ts';
import { writeTlbEntry } from '../engine/interpreter-frame.ts';
import { tlbArray, tlbField } from '../engine/layout.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import type { AccessGroup } from './access-groups.ts';

/** Where the last access by a register went, kept in locals: the next one to the same page needs no TLB. */
export interface PageCache {
  /** The virtual address of the page; all ones where there is none. An i64. */
  readonly tag: Local;
  /** As in the TLB. */
  readonly addend: Local;
}

/** The locals that translating addresses needs. */
interface Locals {
  readonly context: Local;
  readonly address: Local;
  readonly entry: Local;
  readonly host: Local;
}

/** An access of one instruction. */
export interface RegionAccess {
  readonly array: 'read' | 'write';
  readonly size: AccessSize;
  readonly cache: PageCache | undefined;
  /** What most of the TLB has for `addend`, where memory is mapped in one piece, and it is worth guessing. */
  readonly likelyAddend: number | undefined;
  /** Leaves the instruction to the interpreter: the TLB has no entry for it, or it is misaligned, be that allowed or not. */
  readonly interpret: () => void;
}

/** From the virtual address on the stack to where the data lies in the wasm memory. */
export function writeRegionTranslation(code: CodeWriter, locals: Locals, access: RegionAccess): void {
  const { address, entry } = locals;
  const { array, cache } = access;
  code.set(address);
  if (cache === undefined) {
    findEntry(code, locals, access);
    code.get(entry);
    code.memory('i32.load', tlbArray[array] + tlbField.addend);
    guessAddend(code, locals, access.likelyAddend);
  } else {
    pageAndAlignment(code, locals, access.size);
    code.get(cache.tag);
    code.plain('i64.ne');
    code.if(() => {
      findEntry(code, locals, access);
      code.get(entry);
      code.memory('i64.load', tlbArray[array] + tlbField.tag);
      code.set(cache.tag);
      code.get(entry);
      code.memory('i32.load', tlbArray[array] + tlbField.addend);
      code.set(cache.addend);
    });
    code.get(cache.addend);
  }
  code.get(address);
  code.plain('i32.wrap_i64');
  code.plain('i32.add');
}

/**
 * Sets `near` to where the first byte of a group lies in the wasm memory, if the page is known, and has all of the group;
 * otherwise `leave`.
 */
export function writeGroupTranslation(
  code: CodeWriter,
  locals: Locals,
  group: AccessGroup,
  {
    register,
    cache,
    near,
    leave,
  }: {
    readonly register: Local;
    readonly cache: PageCache | undefined;
    readonly near: Local;
    readonly leave: () => void;
  },
): void {
  const { address, entry, context } = locals;
  const field = (which: 'tag' | 'addend'): void => {
    if (cache !== undefined) {
      code.get(cache[which]);
      return;
    }
    code.get(entry);
    code.memory(which === 'tag' ? 'i64.load' : 'i32.load', tlbArray[group.array] + tlbField[which]);
  };
  code.get(register);
  code.i64(BigInt(group.low));
  code.plain('i64.add');
  code.set(address);
  if (cache === undefined) {
    code.get(address);
    writeTlbEntry({ code, context });
    code.set(entry);
  }
  code.get(address);
  code.i64(-4096n);
  code.plain('i64.and');
  field('tag');
  code.plain('i64.ne');
  code.if(leave);
  code.get(address);
  code.plain('i32.wrap_i64');
  code.i32(4095);
  code.plain('i32.and');
  code.i32(4096 - group.span);
  code.plain('i32.gt_u');
  code.if(leave);
  field('addend');
  code.get(address);
  code.plain('i32.wrap_i64');
  code.plain('i32.add');
  code.set(near);
}

/** Sets `entry` to the TLB's for the access, or leaves. */
function findEntry(code: CodeWriter, locals: Locals, { array, size, interpret }: RegionAccess): void {
  const { context, entry } = locals;
  code.get(locals.address);
  writeTlbEntry({ code, context });
  code.tee(entry);
  code.memory('i64.load', tlbArray[array] + tlbField.tag);
  pageAndAlignment(code, locals, size);
  code.plain('i64.ne');
  code.if(interpret);
}

/** Where the addend on the stack is the likely one, leaves that as a constant: an address need not wait for the TLB. */
function guessAddend(code: CodeWriter, { host }: Locals, likely: number | undefined): void {
  if (likely === undefined) return;
  code.tee(host);
  code.i32(likely);
  code.plain('i32.eq');
  code.if(() => {
    code.i32(likely);
    code.set(host);
  });
  code.get(host);
}

/** Leaves what is a page's tag; but a misaligned address keeps a bit that no tag has. */
function pageAndAlignment(code: CodeWriter, { address }: Locals, size: AccessSize): void {
  code.get(address);
  code.i64(-4096n | BigInt(size - 1));
  code.plain('i64.and');
}
