/** Names in assembly of the rounding modes, by number (Unpriv. F, floating-point control and status register). */
export const roundingModeNames: readonly string[] = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];

/** The value of the `rm` field where an instruction rounds as frm says. */
export const dynamicRounding = 7;
