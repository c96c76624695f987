import { describeCases, type FuzzCase } from './case.ts';
import { tableBytes } from './generate/tables.ts';
import { layout, ramBase } from './layout.ts';
import { handlers, monitor } from './monitor.ts';

/** Bytes at their place in RAM. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What RAM holds at power-on, from `ramBase` on: the monitor and the cases. */
export function imageOf(cases: readonly FuzzCase[], csrs: readonly string[]): readonly Segment[] {
  return [
    { address: ramBase, bytes: monitor(csrs) },
    { address: layout.stubs, bytes: handlers() },
    { address: layout.tables, bytes: tableBytes() },
    { address: layout.cases, bytes: describeCases(cases, csrs) },
  ];
}
