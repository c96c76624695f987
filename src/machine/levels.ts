import type { Board } from './board.ts';
import type { CheckedConfiguration } from './configuration.ts';
import { BuiltinFirmware } from './firmware/builtin-firmware.ts';
import type { HostedSupervisor, SupervisorHost } from './hosted-supervisor.ts';

/** The privilege levels of a machine that are TypeScript. */
export interface Levels {
  /** M mode; undefined where that is the guest's own. */
  readonly firmware: BuiltinFirmware | undefined;
  /** HS mode; undefined where that is the guest's own. */
  readonly supervisor: HostedSupervisor | undefined;
}

/** Makes the software of the levels that the configuration has hosted. */
export function createLevels(
  { harts, memory, physical, clint, clock, uart, bus }: Board,
  configuration: CheckedConfiguration,
  requests: {
    readonly reset: (type: number, reason: number) => void;
    readonly openInput: SupervisorHost['openInput'];
  },
): Levels {
  const firmware =
    configuration.firmware === 'builtin'
      ? new BuiltinFirmware({
          harts,
          memory: physical,
          setTimer: (hart, deadline) => clint.setDeadline(hart, deadline),
          setSoftwareInterrupt: (hart, raised) => clint.setSoftwareInterrupt(hart, raised),
          console: { write: (byte) => uart.send(byte), read: () => uart.take() },
          reset: requests.reset,
        })
      : undefined;
  const supervisor = configuration.supervisor?.({
    isa: configuration.isa,
    harts,
    memory,
    physical,
    bus,
    clock,
    steps: () => clock.steps,
    openInput: requests.openInput,
    output: configuration.output,
  });
  return { firmware, supervisor };
}
