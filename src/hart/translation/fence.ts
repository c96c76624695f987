/**
 * Cached translations that may be wrong from now on (Priv. 12.2.1, 18.3.2). Whoever caches some drops at least
 * these; an absent member stands for all.
 */
export type Fence =
  | {
      /** Of V = 0, by satp. */
      readonly kind: 'supervisor';
      readonly address?: bigint;
      readonly asid?: number;
    }
  | {
      /** Of the first stage of the guest that hgatp.VMID names now. */
      readonly kind: 'guest-virtual';
      readonly vmid: number;
      readonly address?: bigint;
      readonly asid?: number;
    }
  | {
      /** Of the second stage. */
      readonly kind: 'guest-physical';
      readonly address?: bigint;
      readonly vmid?: number;
    }
  /** Physical memory protection changed, or state was replaced as a whole. */
  | { readonly kind: 'all' };
