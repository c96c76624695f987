/** The launch configuration, as a user writes it in launch.json or on the command line. */
export interface LaunchConfiguration {
  /** One guest, by its kernel image (ELF or flat). Or `guests`, not both. */
  readonly image?: string;
  /** ELF files of programs that run in the guest: symbols only, never loaded. */
  readonly programs?: readonly string[];
  /** ELF file with symbols, where `image` has none. */
  readonly symbols?: string;
  readonly initrd?: string;
  /** The kernel's command line. */
  readonly append?: string;
  /** `16M` … `2G`; default `128M`. Per guest under a VMM. */
  readonly memory?: string;
  readonly guests?: readonly GuestConfiguration[];
  /** `hosted` (default): under the VMM. `none`: on the bare machine. */
  readonly vmm?: 'hosted' | 'none';
  /** `builtin` (default), `none`, or a file: what runs in M mode. */
  readonly firmware?: string;
  readonly stopOnEntry?: boolean;
  /** Where sources are now, for paths as they were compiled. */
  readonly sourceMap?: Readonly<Record<string, string>>;
  readonly engine?: 'auto' | 'interpreter' | 'reference';
}

export interface GuestConfiguration {
  readonly name: string;
  readonly image: string;
  readonly programs?: readonly string[];
  readonly symbols?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly memory?: string;
}
