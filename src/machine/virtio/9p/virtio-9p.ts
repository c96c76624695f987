import { encodeUtf8 } from '../../../common/utf8.ts';
import type { DeviceDetail, DeviceRegister, SavedState } from '../../device.ts';
import type { VirtioFeature, VirtioFunction, VirtioHost } from '../virtio-function.ts';
import type { Virtqueue } from '../virtqueue.ts';
import { messageHead } from './message.ts';
import { Server, type ServerState, type ShareOptions } from './server.ts';

const features: readonly VirtioFeature[] = [
  { name: '9P_MOUNT_TAG', bit: 0, summary: 'Says the tag by which it is mounted.' },
];
/** A request of the largest message, and then some. */
const mostBytes = 0x10_0000;

/** A virtio 9P device: a folder of the host for a guest, by the protocol 9P2000.L. */
export class Virtio9p implements VirtioFunction {
  readonly deviceId = 9;
  readonly model = 'virtio-9p';
  readonly summary = 'Folder of the host.';
  readonly features = features;
  readonly queues = [{ name: 'requests', size: 128 }];
  readonly configuration: readonly DeviceRegister[];
  readonly #tag: Uint8Array;
  readonly #options: ShareOptions;
  readonly #server: Server;
  #host: VirtioHost | undefined;

  constructor(options: ShareOptions) {
    this.#options = options;
    this.#server = new Server(options);
    this.#tag = encodeUtf8(options.tag);
    this.configuration = [
      register('tag_len', 0, 2, 'Bytes of the tag.', BigInt(this.#tag.length)),
      ...Array.from(this.#tag, (byte, index) =>
        register(`tag${index}`, 2 + index, 1, `Byte ${index} of the tag.`, BigInt(byte)),
      ),
    ];
  }

  attach(host: VirtioHost): void {
    this.#host = host;
  }

  peek(name: string): bigint {
    return this.configuration.find((each) => each.name === name)?.reset ?? 0n;
  }

  serve(queue: Virtqueue): void {
    for (const chain of queue.pending()) {
      const answer = this.#server.answer(chain.read(0, mostBytes));
      // The least answer is an error: its head and a number.
      if (answer === undefined || chain.writableBytes < messageHead + 4) {
        this.#host?.fail(
          `a 9P request of ${chain.readableBytes} bytes, with room for ${chain.writableBytes} of answer`,
        );
        return;
      }
      if (answer.length > chain.writableBytes) {
        this.#host?.fail(`an answer of ${answer.length} bytes, with room for ${chain.writableBytes}`);
        return;
      }
      queue.put(chain, chain.write(0, answer));
    }
  }

  reset(): void {
    this.#server.reset();
  }

  renew(): void {
    this.#server.renew();
  }

  save(): ServerState {
    return this.#server.save();
  }

  restore(state: SavedState): void {
    this.#server.restore(state as ServerState);
  }

  inspect(): readonly DeviceDetail[] {
    const { tree, fids } = this.#server;
    return [
      { label: 'tag', value: this.#options.tag },
      { label: 'access', value: this.#options.access },
      { label: 'open', value: `${fids.count} fids` },
      { label: 'written', value: `${tree.writtenBytes / 1024} KiB, kept in memory` },
    ];
  }
}

function register(
  name: string,
  offset: number,
  width: DeviceRegister['width'],
  summary: string,
  reset: bigint,
): DeviceRegister {
  return { name, offset, width, access: 'read-only', reset, summary, fields: [] };
}
