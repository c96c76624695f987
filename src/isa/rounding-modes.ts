/** Names in assembly of the rounding modes, by number (Unpriv. F, floating-point control and status register). */
export const roundingModeNames: readonly string[] = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];

/** What each does, in words, by its name in assembly. */
export const roundingModes: Readonly<Record<string, string>> = {
  rne: 'to the nearest number, and to the even one of two that are as near',
  rtz: 'towards zero',
  rdn: 'down, towards minus infinity',
  rup: 'up, towards plus infinity',
  rmm: 'to the nearest number, and to the greater magnitude of two that are as near',
  dyn: 'as frm says',
};

/** The value of the `rm` field where an instruction rounds as frm says. */
export const dynamicRounding = 7;
