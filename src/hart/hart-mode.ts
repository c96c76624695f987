import type { Privilege } from './trap.ts';

/** A mode as the trap logic and its observers pass it on: five objects that never change. */
export interface HartMode {
  readonly privilege: Privilege;
  readonly virtual: boolean;
}

/** M mode. */
export const machineMode: HartMode = { privilege: 3, virtual: false };
/** S mode, which is HS mode where V is 0. */
export const supervisorMode: HartMode = { privilege: 1, virtual: false };
/** U mode. */
export const userMode: HartMode = { privilege: 0, virtual: false };
/** VS mode. */
export const virtualSupervisorMode: HartMode = { privilege: 1, virtual: true };
/** VU mode. */
export const virtualUserMode: HartMode = { privilege: 0, virtual: true };

/** The shared object for a mode; M is never virtual. */
export function hartMode(privilege: Privilege, virtual: boolean): HartMode {
  if (privilege === 3) return machineMode;
  if (privilege === 1) return virtual ? virtualSupervisorMode : supervisorMode;
  return virtual ? virtualUserMode : userMode;
}
