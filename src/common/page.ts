/** Bytes of a page: what an entry of the last level maps, in every scheme of translation that RISC-V has. */
export const pageBytes = 0x1000;
/** How far a byte's number is shifted for the number of its page. */
export const pageShift = 12;

/** The address in a page (its number) that lies as far from the page's beginning as `address` does from its own page's. */
export function addressInPage(page: number, address: bigint): bigint {
  return BigInt(page) * BigInt(pageBytes) + BigInt.asUintN(pageShift, address);
}
