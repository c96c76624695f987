import type { ExtensionTable } from './extension.ts';

/** Extensions of the floating-point unit. */
export const floatingPointExtensions = {} as const satisfies ExtensionTable;
