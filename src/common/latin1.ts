/** Bytes as characters of the same number: what consoles print, without a guess at its encoding. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  const most = 0x8000;
  for (let at = 0; at < bytes.length; at += most)
    text += String.fromCharCode(...bytes.subarray(at, at + most));
  return text;
}
