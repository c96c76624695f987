/** What views show: plain JSON, 64-bit numbers as `0x…` strings. */
export type StratumName = 'machine' | 'vmm' | 'kernel' | 'process';

/** A guest of the VMM, or one that was seen to run under software of the machine. */
export interface GuestView {
  readonly name: string;
  readonly vmid: number;
  readonly technique: 'hardware-assisted';
  /** `hostBase`: where its first frame is, once it has one. */
  readonly memory: { readonly guestBase: string; readonly hostBase?: string; readonly size: number };
  readonly console: string;
  readonly vcpus: readonly VcpuView[];
  readonly exits: number;
  /** Steps that the guest itself ran. */
  readonly steps: number;
  readonly state: 'running' | 'stopped';
  readonly exitCode?: number;
}

/** A vCPU of a guest; `ready` ones wait for the hart. */
export interface VcpuView {
  readonly id: number;
  readonly threadId: number;
  readonly state: 'running' | 'ready' | 'waiting' | 'stopped';
  readonly mode: 'VS' | 'VU';
  readonly pc: string;
}

/** How often guests left to their VMM for one reason. */
export interface ReasonCount {
  readonly reason: string;
  readonly label: string;
  readonly count: number;
  /** Of all exits, 0 to 1. */
  readonly share: number;
}

/** An exit: what the hart told the VMM, and what that did about it. */
export interface ExitView {
  readonly sequence: number;
  readonly step: number;
  readonly guest: string;
  readonly vcpu: number;
  readonly from: StratumName;
  readonly reason: string;
  /** One line: `guest-page fault (store, uart0.THR)`. */
  readonly title: string;
  readonly pc: string;
  readonly instruction: string;
  readonly registers: Readonly<Record<'scause' | 'stval' | 'htval' | 'htinst', string>>;
  readonly gpa?: string;
  readonly device?: string;
  readonly register?: string;
  readonly details: Readonly<Record<string, string>>;
  /** What the VMM does about it, in order; of an exit under way, not all is done. */
  readonly stages: readonly { readonly name: string; readonly summary: string; readonly done: boolean }[];
}

/** One translation, level by level. */
export interface WalkView {
  readonly address: string;
  readonly access: 'read' | 'write' | 'execute';
  /** `VS mode, Sv39 through Sv39x4`. */
  readonly mode: string;
  readonly stages: readonly WalkStageView[];
  readonly result:
    | { readonly kind: 'mapped'; readonly hpa: string; readonly gpa?: string; readonly owner: string }
    | { readonly kind: 'fault'; readonly trap: string; readonly to: string };
  /** Why, in a sentence. */
  readonly verdict: string;
}

/** `VS-stage` (GVA to GPA), `G-stage` (GPA to HPA, of the final address or of a page-table access) or `S-stage`. */
export interface WalkStageView {
  readonly stage: 'S-stage' | 'VS-stage' | 'G-stage';
  readonly scheme: string;
  /** The register that holds the root, and its value: `vsatp 0x8000000000080404`. */
  readonly root: string;
  readonly input: string;
  /** What a walk was for: `final address`, or in the G-stage `level 2 entry of the VS-stage`. */
  readonly purpose: string;
  readonly levels: readonly WalkLevelView[];
  readonly output?: string;
}

/** An entry of a page table on the way. */
export interface WalkLevelView {
  readonly level: number;
  readonly index: number;
  /** Address of the entry, with its space: `gpa 0x80401000`. */
  readonly address: string;
  readonly value: string;
  /** `DAGUXWRV`, a dash for each that is clear. */
  readonly flags: string;
  readonly kind: 'pointer' | 'leaf' | 'invalid';
  /** Why the walk ends here in a fault: `W is 0`; or what the access would change: `the access sets A`. */
  readonly note?: string;
}

/** A device of the machine or of a guest. */
export interface DeviceView {
  readonly id: string;
  /** `uart0 (ns16550a)`. */
  readonly title: string;
  readonly summary: string;
  /** `machine` or a guest's name. */
  readonly owner: string;
  readonly base: string;
  readonly size: number;
  readonly interrupt?: number;
  /** What its registers do not show: queues of a virtio device, what is wrong with it. */
  readonly details: readonly DeviceDetailView[];
  readonly registers: readonly DeviceRegisterView[];
}

/** A fact about a device, with those that belong to it. */
export interface DeviceDetailView {
  readonly label: string;
  readonly value: string;
  readonly parts?: readonly DeviceDetailView[];
}

/** A register of a device, as it was peeked at. */
export interface DeviceRegisterView {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly access: 'read-only' | 'write-only' | 'read-write';
  readonly value: string;
  readonly summary: string;
  readonly fields: readonly FieldView[];
}

/** Bits of a register, from `high` to `low`. */
export interface FieldView {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly value: string;
  /** What the value means, where it has a name. */
  readonly meaning?: string;
  readonly summary: string;
}

/** An address space that can be looked at. */
export interface SpaceView {
  /** `gva:a:0x8008000000080123`, `gpa:a`, `hpa`. */
  readonly id: string;
  readonly title: string;
  /** Where looking best begins: the start of RAM; in a virtual space the page of the code that runs. */
  readonly memoryReference: string;
  /** Bytes, where bounded. */
  readonly size?: string;
}
