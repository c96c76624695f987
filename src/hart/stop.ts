import type { TakenTrap } from './trap.ts';

/** Why a hart came back from running. State is exact: the next instruction at `pc` has not begun. */
export type HartStop =
  | { readonly kind: 'budget' }
  /** An armed address was reached (see `Breakpoints`); the instruction there has not run. */
  | { readonly kind: 'breakpoint'; readonly pc: bigint }
  /** A trap was delivered to a level that TypeScript hosts; its CSRs are set as the specification says (`trapFromCsrs`). */
  | { readonly kind: 'hosted'; readonly level: 'machine' | 'supervisor' }
  /** A trap was delivered that `onTrap` wants to stop at; pc is the handler's first instruction. */
  | { readonly kind: 'trap'; readonly trap: TakenTrap }
  /** WFI retired and no enabled interrupt is pending. */
  | { readonly kind: 'wfi' }
  /** Something changed (a timer comparison, an interrupt line, tohost) that the machine must look at now. */
  | { readonly kind: 'attention' };
