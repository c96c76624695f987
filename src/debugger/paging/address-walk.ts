import type { GuestPhysicalAddress, HostPhysicalAddress } from '../../common/address.ts';
import type { HartMode } from '../../hart/hart-mode.ts';
import type { Verdict } from '../../hart/translation/page-table.ts';
import type { TranslationScheme } from '../../isa/translation-schemes.ts';
import type { GuestPlace, Owner } from './owner.ts';

/** What an address is walked for. */
export type WalkAccess = 'read' | 'write' | 'execute';

/** One translation, level by level, and what comes of it. Nothing was changed for it. */
export interface AddressWalk {
  readonly address: bigint;
  readonly access: WalkAccess;
  /** As whom the access is checked. */
  readonly mode: HartMode;
  /** The stages that take part: none in M mode, two in a guest. */
  readonly stages: readonly WalkStage[];
  /** The first stage's walk, then each walk of the second that it needed, the one of the access itself last. */
  readonly passes: readonly TablePass[];
  readonly outcome: WalkOutcome;
  /** Why does this access fault, or not? One sentence. */
  readonly verdict: string;
}

/** A stage of translation: of a machine alone, or the two of a guest. */
export type StageName = 'S-stage' | 'VS-stage' | 'G-stage';

/** A stage that takes part in a walk, with the register that holds its root. */
export interface WalkStage {
  readonly name: StageName;
  readonly register: 'satp' | 'vsatp' | 'hgatp';
  readonly value: bigint;
  readonly scheme: TranslationScheme;
}

/** One way from a root down to a leaf, or to a fault. */
export interface TablePass {
  readonly stage: WalkStage;
  /** The address that it translates: a GPA in the G-stage. */
  readonly input: bigint;
  readonly purpose: PassPurpose;
  readonly entries: readonly WalkEntry[];
  /** A GPA from the VS-stage, an HPA from the others. */
  readonly output: bigint | undefined;
}

/** What a pass is for: the access, or an entry of the VS-stage that is read, or written to set A and D. */
export type PassPurpose =
  | { readonly kind: 'access' }
  | { readonly kind: 'entry'; readonly level: number; readonly use: 'read' | 'write' };

/** An entry of a page table on the way, and what it says. */
export interface WalkEntry {
  readonly level: number;
  readonly index: number;
  readonly address: HostPhysicalAddress;
  /** In the VS-stage. */
  readonly guestAddress: GuestPhysicalAddress | undefined;
  readonly value: bigint;
  readonly verdict: Verdict;
  /** Bits that the hart would set in it if the access were made. */
  readonly sets: readonly ('A' | 'D')[];
}

/** What ends a walk in a fault, beside what an entry says. */
export type FaultReason =
  | Exclude<Verdict, 'pointer' | 'leaf'>
  /** The upper bits of the virtual address are not all equal to the highest that is translated: of Sv39, bit 38. */
  | 'not-canonical'
  /** The guest-physical address has more bits than the G-stage translates: for Sv39x4, 41. */
  | 'too-wide'
  /** PMP does not allow it. */
  | 'protected'
  /** It translates, but neither RAM nor a device is there. */
  | 'nothing-there';

/** Where a walk leads: to memory or a device, or to a trap. */
export type WalkOutcome =
  | {
      readonly kind: 'mapped';
      readonly hpa: HostPhysicalAddress;
      /** In a guest. */
      readonly gpa: GuestPhysicalAddress | undefined;
      readonly owner: Owner;
    }
  | {
      readonly kind: 'fault';
      readonly reason: FaultReason;
      /** The pass whose last entry decides; none where no entry is to blame. */
      readonly pass: TablePass | undefined;
      readonly trap: { readonly code: number; readonly name: string };
      /** Who takes the trap. */
      readonly receiver: HartMode;
      /** The receiver in words: `the kernel of a`. */
      readonly receiverName: string;
      /** For guest-page faults: the address that did not translate, and what the guest has there. */
      readonly guest: { readonly gpa: GuestPhysicalAddress; readonly place: GuestPlace } | undefined;
    };
