import type { DeviceDetail } from '../device.ts';
import type { Virtqueue } from './virtqueue.ts';

/** Requests that are shown; a view is no dump of memory. */
const mostRequests = 16;

/** A queue for a person to read: where it is, how far it is, and the requests that wait. Nothing is changed. */
export function inspectQueue(queue: Virtqueue): DeviceDetail {
  const { index, name, waiting, inFlight, maximumSize } = queue;
  const { size, ready, descriptorArea, driverArea, deviceArea, taken, used } = queue.state;
  const label = `queue ${index}: ${name}`;
  if (!ready) return { label, value: `not ready; up to ${maximumSize} entries` };
  return {
    label,
    value: `${waiting} waiting, ${inFlight} in flight, of ${size}`,
    parts: [
      { label: 'descriptor table', value: hex(descriptorArea) },
      { label: 'available ring', value: `${hex(driverArea)}, ${taken} taken` },
      { label: 'used ring', value: `${hex(deviceArea)}, ${used} put` },
      ...queue.peekWaiting(mostRequests).map(({ head, chain }): DeviceDetail => ({
        label: `descriptor ${head}`,
        value:
          typeof chain === 'string'
            ? chain
            : `${chain.readableBytes} bytes to read, ${chain.writableBytes} to write`,
      })),
    ],
  };
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
