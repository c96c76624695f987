import { callSbi } from '../../../../src/machine/firmware/sbi/call.ts';
import { firmwareSbiExtensions } from '../../../../src/machine/firmware/sbi/extensions.ts';
import { hsmState, type HsmState, type SbiTarget } from '../../../../src/machine/firmware/sbi/sbi.ts';

/** What a call returns in a0 and a1. */
export const ret = (error: bigint, value = 0n) => ({ kind: 'return', error, value });

/** Four harts of which only the first runs, and a kilobyte of memory (or more); `more` is added to the target. */
export function sbiBoard(more: Partial<SbiTarget> = {}, memoryBytes = 0x400) {
  const log: string[] = [];
  const fences: unknown[] = [];
  const sent: number[] = [];
  const input: number[] = [];
  const memory = new Uint8Array(memoryBytes);
  memory[0x100] = 0b10;
  const states: HsmState[] = [hsmState.started, hsmState.stopped, hsmState.stopped, hsmState.stopped];
  const target: SbiTarget = {
    callingHart: 0,
    hasHypervisor: true,
    harts: [0, 1, 2, 3],
    identification: { vendor: 0n, architecture: 42n, implementation: 0n },
    writeConsole: (byte) => sent.push(byte),
    readConsole: () => input.shift(),
    setTimer: (deadline) => log.push(`timer ${deadline}`),
    sendInterrupt: (hart) => log.push(`ipi ${hart}`),
    clearInterrupt: () => false,
    fence: (harts, fence) => fences.push([harts, fence]),
    hartState: (hart) => states[hart] ?? hsmState.stopped,
    startHart: (hart, address, opaque) => {
      states[hart] = hsmState.started;
      log.push(`start ${hart} ${address} ${opaque}`);
    },
    stopCaller: () => log.push('stop'),
    suspendCaller: (resume) => log.push(resume ? `suspend ${resume.address} ${resume.opaque}` : 'suspend'),
    reset: (type, reason) => log.push(`reset ${type} ${reason}`),
    readMemory: (address, length) =>
      address + BigInt(length) <= BigInt(memoryBytes)
        ? memory.slice(Number(address), Number(address) + length)
        : undefined,
    writeMemory: (address, bytes) => {
      if (address + BigInt(bytes.length) > BigInt(memoryBytes)) return false;
      memory.set(bytes, Number(address));
      return true;
    },
    readVirtual: (address, length) =>
      address < 0x400n
        ? memory.slice(Number(address), Number(address) + length)
        : { kind: 'trap', interrupt: false, code: 13, tval: address, tval2: 0n, tinst: 0n, gva: false },
    ...more,
  };
  const call = (extension: bigint, id: bigint, ...rest: readonly bigint[]) => {
    const [a0 = 0n, a1 = 0n, a2 = 0n, a3 = 0n, a4 = 0n, a5 = 0n] = rest;
    return callSbi(firmwareSbiExtensions, target, {
      extension,
      function: id,
      arguments: [a0, a1, a2, a3, a4, a5],
    });
  };
  return { call, log, fences, input, memory, states, output: () => String.fromCharCode(...sent) };
}
