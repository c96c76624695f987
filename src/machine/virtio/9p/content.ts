import type { SavedState } from '../../device.ts';

/** Bytes that are copied when one of them is written. */
const clusterBytes = 0x1_0000;

/** What a file holds: what the host's file holds, where nothing else was written. */
export interface FileContent {
  readonly [name: string]: SavedState;
  readonly size: number;
  /** Of the host's file, how much is still to be seen, where no cluster is. */
  readonly hostBytes: number;
  /** What was written; a cluster is never changed in place. null: the host's, or zero. */
  readonly clusters: readonly (Uint8Array | null)[];
}

/** Reads the host's file; only within `hostBytes`. */
export type HostReader = (offset: number, length: number) => Uint8Array;

/** Bytes from `offset` on; fewer where the file ends. */
export function readContent(
  content: FileContent,
  host: HostReader,
  offset: number,
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, content.size - offset)));
  for (let done = 0; done < bytes.length;) {
    const at = offset + done;
    const start = at % clusterBytes;
    const count = Math.min(bytes.length - done, clusterBytes - start);
    const written = content.clusters[(at - start) / clusterBytes];
    if (written) bytes.set(written.subarray(start, start + count), done);
    else if (at < content.hostBytes) bytes.set(host(at, Math.min(count, content.hostBytes - at)), done);
    done += count;
  }
  return bytes;
}

/** The content with bytes written at `offset`, and how many clusters it has more. */
export function writeContent(
  content: FileContent,
  host: HostReader,
  offset: number,
  bytes: Uint8Array,
): FileContent {
  const clusters = [...content.clusters];
  for (let done = 0; done < bytes.length;) {
    const at = offset + done;
    const start = at % clusterBytes;
    const count = Math.min(bytes.length - done, clusterBytes - start);
    const number = (at - start) / clusterBytes;
    const cluster = new Uint8Array(clusterBytes);
    cluster.set(readContent(content, host, at - start, clusterBytes));
    cluster.set(bytes.subarray(done, done + count), start);
    while (clusters.length < number) clusters.push(null);
    clusters[number] = cluster;
    done += count;
  }
  return { ...content, size: Math.max(content.size, offset + bytes.length), clusters };
}

/** The content cut off, or filled up with zeroes, to a size. */
export function resizeContent(content: FileContent, size: number): FileContent {
  const whole = Math.ceil(size / clusterBytes);
  const clusters = content.clusters.slice(0, whole);
  const last = clusters[whole - 1];
  // What is cut off must not come back when the file grows again.
  if (last && size % clusterBytes !== 0 && size < content.size) {
    const kept = new Uint8Array(clusterBytes);
    kept.set(last.subarray(0, size % clusterBytes));
    clusters[whole - 1] = kept;
  }
  return { ...content, size, hostBytes: Math.min(content.hostBytes, size), clusters };
}

/** Bytes in memory for it. */
export function writtenBytes({ clusters }: FileContent): number {
  return clusters.reduce((sum, cluster) => sum + (cluster ? clusterBytes : 0), 0);
}
