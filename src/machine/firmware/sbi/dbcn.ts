import { failure, success, type SbiExtension } from './sbi.ts';

const bufferParameters = ['num_bytes', 'base_addr_lo', 'base_addr_hi'];

/** SBI 12: the debug console. */
export const dbcn: SbiExtension = {
  id: 0x4442_434e,
  name: 'DBCN',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_debug_console_write',
      parameters: bufferParameters,
      summary: 'Writes bytes from memory to the console.',
      call: (target, [length, low, high]) => {
        const bytes = isBuffer(length, high) ? target.readMemory(low, Number(length)) : undefined;
        if (!bytes) return failure('invalidParam');
        for (const byte of bytes) target.writeConsole(byte);
        return success(length);
      },
    },
    {
      id: 1,
      name: 'sbi_debug_console_read',
      parameters: bufferParameters,
      summary: 'Reads the bytes that wait on the console into memory.',
      call: (target, [length, low, high]) => {
        // The whole buffer is checked before a byte is taken from the console.
        const old = isBuffer(length, high) ? target.readMemory(low, Number(length)) : undefined;
        if (!old || !target.writeMemory(low, old)) return failure('invalidParam');
        const bytes: number[] = [];
        while (bytes.length < old.length) {
          const byte = target.readConsole();
          if (byte === undefined) break;
          bytes.push(byte);
        }
        target.writeMemory(low, Uint8Array.from(bytes));
        return success(BigInt(bytes.length));
      },
    },
    {
      id: 2,
      name: 'sbi_debug_console_write_byte',
      parameters: ['byte'],
      summary: 'Writes one byte to the console.',
      call: (target, [byte]) => {
        target.writeConsole(Number(byte & 0xffn));
        return success();
      },
    },
  ],
};

/** Memory is a few gigabytes at most: a longer buffer cannot lie in it. */
function isBuffer(length: bigint, high: bigint): boolean {
  return high === 0n && length < 0x1_0000_0000n;
}
