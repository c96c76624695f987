/**
 * The harts that a mask names (SBI 3.1): bit n stands for hart `base + n`, and a base of -1 for all harts.
 * undefined where the mask names one that does not exist.
 */
export function hartsOfMask(
  harts: readonly number[],
  mask: bigint,
  base: bigint,
): readonly number[] | undefined {
  if (BigInt.asIntN(64, base) === -1n) return harts;
  const named: number[] = [];
  for (let bit = 0n; bit < 64n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    const hart = harts.find((id) => BigInt(id) === base + bit);
    if (hart === undefined) return undefined;
    named.push(hart);
  }
  return named;
}
