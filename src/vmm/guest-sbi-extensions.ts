import { sbiExtensions } from '../machine/firmware/sbi/extensions.ts';
import type { SbiExtension } from '../machine/firmware/sbi/sbi.ts';
import { sta } from '../machine/firmware/sbi/sta.ts';

/**
 * What guests are offered: what the firmware has as well, and what only a VMM can say. No NACL: it helps a hypervisor in
 * HS mode, and guests have no hypervisor extension.
 */
export const guestSbiExtensions: readonly SbiExtension[] = [...sbiExtensions, sta];
