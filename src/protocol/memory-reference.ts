/**
 * A memory reference names a space and an address, so that an editor or a view can show any of them:
 * `hpa:0x80000000`, `gpa:<guest>:0x80000000`, `gva:<guest>:<root>:0x10000` (root: the page-table root register's
 * value, `satp` or `vsatp`; guest `-` on a machine without VMM).
 */
export type MemoryReference =
  | { readonly space: 'hpa'; readonly address: bigint }
  | { readonly space: 'gpa'; readonly guest: string; readonly address: bigint }
  | { readonly space: 'gva'; readonly guest: string; readonly root: bigint; readonly address: bigint };

/** The text that travels as DAP `memoryReference`. */
export function formatMemoryReference(reference: MemoryReference): string {
  const address = `0x${reference.address.toString(16)}`;
  switch (reference.space) {
    case 'hpa':
      return `hpa:${address}`;
    case 'gpa':
      return `gpa:${reference.guest}:${address}`;
    case 'gva':
      return `gva:${reference.guest}:0x${reference.root.toString(16)}:${address}`;
  }
}

/** The reference that a text names, or nothing where it is none. */
export function parseMemoryReference(text: string): MemoryReference | undefined {
  const number = '(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})';
  const physical = new RegExp(`^hpa:${number}$`).exec(text);
  if (physical?.[1] !== undefined) return { space: 'hpa', address: BigInt(physical[1]) };
  const guestPhysical = new RegExp(`^gpa:([^:]+):${number}$`).exec(text);
  if (guestPhysical?.[1] !== undefined && guestPhysical[2] !== undefined)
    return { space: 'gpa', guest: guestPhysical[1], address: BigInt(guestPhysical[2]) };
  const virtual = new RegExp(`^gva:([^:]+):${number}:${number}$`).exec(text);
  if (virtual?.[1] !== undefined && virtual[2] !== undefined && virtual[3] !== undefined)
    return { space: 'gva', guest: virtual[1], root: BigInt(virtual[2]), address: BigInt(virtual[3]) };
  return undefined;
}
