import { base } from './base.ts';
import { dbcn } from './dbcn.ts';
import { hsm } from './hsm.ts';
import { ipi } from './ipi.ts';
import { legacy } from './legacy.ts';
import { rfence } from './rfence.ts';
import type { SbiExtension } from './sbi.ts';
import { srst } from './srst.ts';
import { timer } from './timer.ts';

/** Every extension that the built-in firmware and the VMM offer. To add one: a file, and a line here. */
export const sbiExtensions: readonly SbiExtension[] = [base, timer, ipi, rfence, hsm, srst, dbcn, ...legacy];
