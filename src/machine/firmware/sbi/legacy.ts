import { fenceRange } from './rfence.ts';
import {
  noReturn,
  resetReason,
  resetType,
  type SbiExtension,
  type SbiFence,
  type SbiFunction,
  type SbiOutcome,
  type SbiTarget,
} from './sbi.ts';

/** SBI 5: the extensions of version 0.1, one function each. */
export const legacy: readonly SbiExtension[] = [
  legacyExtension(
    0x00,
    'sbi_set_timer',
    ['stime_value'],
    'Sets the next timer interrupt.',
    (target, [time]) => {
      target.setTimer(time);
      return done;
    },
  ),
  legacyExtension(0x01, 'sbi_console_putchar', ['ch'], 'Writes a byte to the console.', (target, [byte]) => {
    target.writeConsole(Number(byte & 0xffn));
    return done;
  }),
  legacyExtension(0x02, 'sbi_console_getchar', [], 'Takes a byte from the console, or -1.', (target) => ({
    kind: 'legacy-return',
    value: BigInt(target.readConsole() ?? -1),
  })),
  legacyExtension(0x03, 'sbi_clear_ipi', [], "Clears the caller's software interrupt.", (target) => ({
    kind: 'legacy-return',
    value: target.clearInterrupt() ? 1n : 0n,
  })),
  legacyExtension(0x04, 'sbi_send_ipi', ['hart_mask'], 'Interrupts other harts.', (target, [pointer]) =>
    forHarts(target, pointer, (harts) => {
      for (const hart of harts) target.sendInterrupt(hart);
    }),
  ),
  legacyExtension(0x05, 'sbi_remote_fence_i', ['hart_mask'], 'FENCE.I on other harts.', (target, [pointer]) =>
    fenceHarts(target, pointer, { kind: 'fence.i' }),
  ),
  legacyExtension(
    0x06,
    'sbi_remote_sfence_vma',
    ['hart_mask', 'start', 'size'],
    'SFENCE.VMA on other harts.',
    (target, [pointer, start, size]) =>
      fenceHarts(target, pointer, { kind: 'sfence.vma', range: fenceRange(start, size) }),
  ),
  legacyExtension(
    0x07,
    'sbi_remote_sfence_vma_asid',
    ['hart_mask', 'start', 'size', 'asid'],
    'SFENCE.VMA on other harts, for one ASID.',
    (target, [pointer, start, size, asid]) =>
      fenceHarts(target, pointer, { kind: 'sfence.vma', range: fenceRange(start, size), asid }),
  ),
  legacyExtension(0x08, 'sbi_shutdown', [], 'Shuts the system down.', (target) => {
    target.reset(resetType.shutdown, resetReason.none);
    return noReturn;
  }),
];

const done: SbiOutcome = { kind: 'legacy-return', value: 0n };

function legacyExtension(
  id: number,
  name: string,
  parameters: readonly string[],
  summary: string,
  call: SbiFunction['call'],
): SbiExtension {
  return { id, name: 'Legacy', legacy: true, functions: [{ id: 0, name, parameters, summary, call }] };
}

function fenceHarts(target: SbiTarget, pointer: bigint, fence: SbiFence): SbiOutcome {
  return forHarts(target, pointer, (harts) => target.fence(harts, fence));
}

/** The mask lies in the caller's memory, by virtual address; a null pointer means all harts. */
function forHarts(target: SbiTarget, pointer: bigint, act: (harts: readonly number[]) => void): SbiOutcome {
  if (pointer === 0n) {
    act(target.harts);
    return done;
  }
  const bytes = target.readVirtual(pointer, 8);
  if (!(bytes instanceof Uint8Array)) return { kind: 'fault', trap: bytes };
  act(target.harts.filter((hart) => (((bytes[hart >> 3] ?? 0) >> (hart & 7)) & 1) === 1));
  return done;
}
