/**
 * A memory reference names a space and an address, so that an editor or a view can show any of them:
 * `hpa:0x80000000`, `gpa:<guest>:0x80000000`, `gva:<guest>:<root>:0x10000` (root: the page-table root register's
 * value, `satp` or `vsatp`; guest `-` on a machine without VMM). A bare `0x10000` is an address in the space that runs now.
 */
export type MemoryReference =
  | { readonly space: 'current'; readonly address: bigint }
  | { readonly space: 'hpa'; readonly address: bigint }
  | { readonly space: 'gpa'; readonly guest: string; readonly address: bigint }
  | { readonly space: 'gva'; readonly guest: string; readonly root: bigint; readonly address: bigint };

/** The text that travels as DAP `memoryReference`. */
export function formatMemoryReference(reference: MemoryReference): string {
  const address = `0x${reference.address.toString(16)}`;
  switch (reference.space) {
    case 'current':
      return address;
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
  const parts = text.split(':');
  const address = parseAddress(parts.pop() ?? '');
  if (address === undefined) return undefined;
  const [space, guest, root] = parts;
  if (space === undefined) return { space: 'current', address };
  if (space === 'hpa' && parts.length === 1) return { space, address };
  if (guest === undefined || guest === '') return undefined;
  if (space === 'gpa' && parts.length === 2) return { space, guest, address };
  const rootValue = parseAddress(root ?? '');
  if (space === 'gva' && parts.length === 3 && rootValue !== undefined)
    return { space, guest, root: rootValue, address };
  return undefined;
}

/** A 64-bit number, decimal or hexadecimal. */
function parseAddress(text: string): bigint | undefined {
  if (!/^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < 1n << 64n ? value : undefined;
}
