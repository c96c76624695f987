import type { DeviceDetail, SavedState } from '../../device.ts';
import { formatMac, longestFrame, shortestFrame, type MacAddress } from '../../network/ethernet.ts';
import type { NetworkPort } from '../../network/network.ts';
import type { DescriptorChain } from '../descriptor-chain.ts';
import type { VirtioFunction, VirtioHost } from '../virtio-function.ts';
import type { Virtqueue } from '../virtqueue.ts';
import { mergeableBuffers, netConfiguration, netFeatures } from './registers.ts';

interface NetState {
  readonly [name: string]: SavedState;
  readonly waiting: readonly Uint8Array[];
  readonly received: number;
  readonly sent: number;
  readonly dropped: number;
  readonly network: SavedState;
}

const queueIndex = { receive: 0, transmit: 1 } as const;
/** struct virtio_net_hdr (Virtio 5.1.6), with num_buffers, which version 1 always has. */
const headerBytes = 12;
const bufferCountOffset = 10;
/** Frames that wait for buffers of the driver; what comes then is lost, as on any card. */
const mostWaiting = 256;

/** A virtio network device (Virtio 5.1) on a cable. */
export class VirtioNet implements VirtioFunction {
  readonly deviceId = 1;
  readonly model = 'virtio-net';
  readonly summary = 'Network card.';
  readonly features = netFeatures;
  readonly queues = [
    { name: 'receive', size: 256 },
    { name: 'transmit', size: 256 },
  ];
  readonly configuration = netConfiguration;
  readonly mac: MacAddress;
  readonly #port: NetworkPort;
  #host: VirtioHost | undefined;
  #waiting: Uint8Array[] = [];
  #received = 0;
  #sent = 0;
  #dropped = 0;

  constructor({ mac, port }: { readonly mac: MacAddress; readonly port: NetworkPort }) {
    this.mac = mac;
    this.#port = port;
  }

  attach(host: VirtioHost): void {
    this.#host = host;
    this.#port.connect((frame) => this.#receive(frame));
  }

  peek(register: string): bigint {
    const byte = /^mac(\d)$/.exec(register)?.[1];
    if (byte !== undefined) return (BigInt(this.mac) >> BigInt(8 * (5 - Number(byte)))) & 0xffn;
    return netConfiguration.find(({ name }) => name === register)?.reset ?? 0n;
  }

  serve(queue: Virtqueue): void {
    if (queue.index === queueIndex.receive) this.#deliver(queue);
    else this.#transmit(queue);
  }

  reset(): void {
    this.#waiting = [];
  }

  renew(): void {
    this.#received = 0;
    this.#sent = 0;
    this.#dropped = 0;
    this.#port.renew();
  }

  save(): NetState {
    return {
      waiting: [...this.#waiting],
      received: this.#received,
      sent: this.#sent,
      dropped: this.#dropped,
      network: this.#port.save(),
    };
  }

  restore(state: SavedState): void {
    const { waiting, received, sent, dropped, network } = state as NetState;
    this.#waiting = [...waiting];
    this.#received = received;
    this.#sent = sent;
    this.#dropped = dropped;
    this.#port.restore(network);
  }

  inspect(): readonly DeviceDetail[] {
    return [
      { label: 'MAC', value: formatMac(this.mac) },
      { label: 'frames', value: `${this.#sent} sent, ${this.#received} received, ${this.#dropped} lost` },
      { label: 'waiting', value: `${this.#waiting.length} frames, for buffers of the driver` },
    ];
  }

  #transmit(queue: Virtqueue): void {
    for (const chain of queue.pending()) {
      if (chain.readableBytes < headerBytes) {
        this.#host?.fail(`a frame of ${chain.readableBytes} bytes, less than its header`);
        return;
      }
      const frame = chain.read(headerBytes, longestFrame + 1);
      queue.put(chain, 0);
      // Longer or shorter than a frame can be: no cable would carry it.
      if (frame.length > longestFrame || frame.length < shortestFrame) {
        this.#dropped++;
        continue;
      }
      this.#sent++;
      this.#port.send(frame);
    }
  }

  /** A frame comes in on the cable. */
  #receive(frame: Uint8Array): void {
    const host = this.#host;
    const queue = host?.queues[queueIndex.receive];
    if (!host?.isLive || !queue || this.#waiting.length >= mostWaiting) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(frame);
    this.#deliver(queue);
    host.settle(queue);
  }

  /** Puts frames that wait into buffers, as long as there are some. */
  #deliver(queue: Virtqueue): void {
    for (let frame = this.#waiting[0]; frame; frame = this.#waiting[0]) {
      const chains = this.#takeBuffers(queue, headerBytes + frame.length);
      if (chains === undefined) return;
      this.#waiting.shift();
      this.#received++;
      fill(queue, chains, frame);
    }
  }

  /** Buffers with room for so many bytes; undefined, and none taken, where the driver has not enough of them yet. */
  #takeBuffers(queue: Virtqueue, bytes: number): readonly DescriptorChain[] | undefined {
    const chains: DescriptorChain[] = [];
    for (let room = 0; room < bytes;) {
      const chain = queue.next();
      if (chain === undefined) {
        queue.untake(chains.length);
        return undefined;
      }
      chains.push(chain);
      room += chain.writableBytes;
      // Virtio 5.1.6.3.1: without mergeable buffers, each takes the largest frame; and none is without room.
      if (room < bytes && (chain.writableBytes === 0 || this.#host?.accepts(mergeableBuffers) !== true)) {
        this.#host?.fail(`a receive buffer of ${chain.writableBytes} bytes`);
        return undefined;
      }
    }
    return chains;
  }
}

function fill(queue: Virtqueue, chains: readonly DescriptorChain[], frame: Uint8Array): void {
  const bytes = new Uint8Array(headerBytes + frame.length);
  bytes[bufferCountOffset] = chains.length & 0xff;
  bytes[bufferCountOffset + 1] = chains.length >>> 8;
  bytes.set(frame, headerBytes);
  let done = 0;
  for (const chain of chains) {
    const written = chain.write(0, bytes.subarray(done));
    queue.put(chain, written);
    done += written;
  }
}
