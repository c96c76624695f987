import type { CounterCall } from './counters.ts';
import { sbiEvent } from './pmu-events.ts';
import { failure, success } from './sbi.ts';

/** SBI 11: event_idx, output and event_data of an entry. */
const entryBytes = 16n;
const reservedInIndex = 0xfff0_0000;
/** There are some dozens of events. One who asks about more than this in one call would have the host busy for long. */
const mostEntries = 1n << 16n;

/** `sbi_pmu_event_get_info` */
export const eventInformation: CounterCall = ({ target, counters }, [low, high, entries, flags]) => {
  if (flags !== 0n || low % entryBytes !== 0n) return failure('invalidParam');
  if (high !== 0n || entries > mostEntries) return failure('invalidAddress');
  const bytes = target.readMemory(low, Number(entries * entryBytes))?.slice();
  // What cannot be written is refused even where nothing would be found wrong in it.
  if (!bytes || !target.writeMemory(low, bytes)) return failure('invalidAddress');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const indices = Array.from({ length: counters.count }, (_, index) => index);
  for (let at = 0; at < bytes.length; at += Number(entryBytes)) {
    const index = view.getUint32(at, true);
    if ((index & reservedInIndex) !== 0) return failure('invalidParam');
    const event = sbiEvent(BigInt(index), view.getBigUint64(at + 8, true));
    const isSupported = event !== undefined && indices.some((counter) => counters.canCount(counter, event));
    view.setUint32(at + 4, isSupported ? 1 : 0, true);
  }
  target.writeMemory(low, bytes);
  return success();
};
