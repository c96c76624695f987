/** The layers that share the one CPU. `machine`: firmware in M mode. */
export type Stratum = 'machine' | 'vmm' | 'kernel' | 'process';
