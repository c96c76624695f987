import * as z from 'zod';
import { StrataError } from '../../common/errors.ts';
import {
  formatMemoryReference,
  parseMemoryReference,
  type MemoryReference,
} from '../../debugger/memory-reference.ts';
import type { DisassemblyRow } from '../../debugger/debugger.ts';
import { presentSource } from '../present.ts';
import { request, type RequestTable } from '../request.ts';

/** What the hex editor asks for at once; more is answered in part. */
const mostBytes = 2 ** 20;
const mostRows = 5000;

/** Requests for bytes and instructions of any space. */
export const memoryRequests: RequestTable = {
  readMemory: request(
    z.object({ memoryReference: z.string(), offset: z.int().default(0), count: z.int().min(0) }),
    ({ core }, { memoryReference, offset, count }) => {
      const read = core.readMemory(referenceOf(memoryReference), BigInt(offset), Math.min(count, mostBytes));
      return {
        address: hexadecimal(read.address),
        data: Buffer.from(read.bytes).toString('base64'),
        ...(read.unreadable === 0 ? {} : { unreadableBytes: read.unreadable }),
      };
    },
  ),
  writeMemory: request(
    z.object({
      memoryReference: z.string(),
      offset: z.int().default(0),
      data: z.base64(),
      allowPartial: z.boolean().default(false),
    }),
    ({ core }, { memoryReference, offset, data, allowPartial }) => {
      const bytes = Buffer.from(data, 'base64');
      const reference = referenceOf(memoryReference);
      if (!allowPartial && core.readMemory(reference, BigInt(offset), bytes.length).unreadable > 0)
        throw new StrataError(
          'unmapped',
          'user',
          `${memoryReference} + ${offset}: not all of ${bytes.length} bytes are mapped; nothing was written`,
        );
      const bytesWritten = core.writeMemory(reference, BigInt(offset), bytes);
      return { offset: 0, bytesWritten };
    },
  ),
  disassemble: request(
    z.object({
      memoryReference: z.string(),
      offset: z.int().default(0),
      instructionOffset: z.int().default(0),
      instructionCount: z.int().min(0),
    }),
    ({ core }, { memoryReference, offset, instructionOffset, instructionCount }) => {
      const count = Math.min(instructionCount, mostRows);
      const rows = core.disassemble(referenceOf(memoryReference), BigInt(offset), instructionOffset, count);
      return { instructions: rows.map(presentRow) };
    },
  ),
};

function presentRow(row: DisassemblyRow): object {
  const { location } = row;
  return {
    address: hexadecimal(row.address),
    instruction: row.text,
    instructionBytes: [...row.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    ...(row.symbol === undefined ? {} : { symbol: row.symbol }),
    ...(location === undefined ? {} : { location: presentSource(location.source), line: location.line }),
    ...(row.valid ? {} : { presentationHint: 'invalid' }),
  };
}

/** The reference that a client sends back; it may be one that it was given, or an address that a user typed. */
function referenceOf(text: string): MemoryReference {
  const reference = parseMemoryReference(text);
  if (reference !== undefined) return reference;
  const example = formatMemoryReference({ space: 'hpa', address: 0x8000_0000n });
  throw new StrataError(
    'bad-reference',
    'user',
    `'${text}' is no memory reference; one looks like ${example}`,
  );
}

function hexadecimal(value: bigint): string {
  return `0x${value.toString(16)}`;
}
