import type { DataAccess } from '../watches/data-watch.ts';

/** What all kinds take. All are expressions in the debugger's language, or a count (`> 5`, `% 3`, `7`). */
export interface BreakpointOptions {
  readonly condition?: string;
  readonly hitCondition?: string;
  /** Text with `{expression}` parts; where given, the debuggee does not stop. */
  readonly logMessage?: string;
}

/** A request as a client made it. */
export type BreakpointRequest = BreakpointOptions &
  (
    | { readonly kind: 'source'; readonly path: string; readonly line: number; readonly column?: number }
    /** `kernel!syscall`, `sh!main`, `vmm!emulate`, `vm_*`. */
    | { readonly kind: 'function'; readonly name: string }
    /** `reference` is a memory reference (`hpa:`, `gpa:`, `gva:`) or an address in every space. */
    | { readonly kind: 'instruction'; readonly reference: string; readonly offset: number }
    /** `filter` is a filter's id: `exit.mmio-store`, `trap.load-page-fault`. */
    | { readonly kind: 'filter'; readonly filter: string }
    /** `dataId` is that of an offer to watch something (`WatchOffer`). */
    | { readonly kind: 'data'; readonly dataId: string; readonly access: DataAccess }
  );

/** What became of it. An unverified breakpoint says why. */
export interface BoundBreakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly message?: string;
  /** Line that it really stands on, where it moved. */
  readonly line?: number;
  readonly path?: string;
}

/** An exception filter: one per exit reason, one per trap cause. */
export interface Filter {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly conditionDescription: string;
}
