import { base } from './base.ts';
import { dbcn } from './dbcn.ts';
import { hsm } from './hsm.ts';
import { ipi } from './ipi.ts';
import { legacy } from './legacy.ts';
import { rfence } from './rfence.ts';
import { pmu } from './pmu.ts';
import type { SbiExtension } from './sbi.ts';
import { srst } from './srst.ts';
import { susp } from './susp.ts';
import { timer } from './timer.ts';

/** What the built-in firmware and the VMM both offer. To add an extension: a file, and a line here. */
export const sbiExtensions: readonly SbiExtension[] = [
  base,
  timer,
  ipi,
  rfence,
  hsm,
  srst,
  susp,
  dbcn,
  ...legacy,
];

/** What the built-in firmware offers. */
export const firmwareSbiExtensions: readonly SbiExtension[] = [...sbiExtensions, pmu];
