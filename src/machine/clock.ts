/** The time that timers compare with: `mtime` of the machine, or `vtime` of one of the VMM's guests. */
export interface TimeSource {
  /** Ticks of the timebase; the value that `mtime` and the `time` CSR show. */
  readonly time: bigint;
  /** A guest writes `mtime`: time goes on from there. */
  setTime(time: bigint): void;
}
