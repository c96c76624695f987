import { configureMatching, startCounters, stopCounters } from './counter-sets.ts';
import { setSnapshotMemory } from './counter-snapshot.ts';
import type { CounterCall, SbiCounters } from './counters.ts';
import { eventInformation } from './event-information.ts';
import { failure, success, type SbiExtension, type SbiFunction } from './sbi.ts';

const setParameters = ['counter_idx_base', 'counter_idx_mask'];
/** counter_info (SBI 11): one less than the bits in bits 17:12; bit 63 for a counter of firmware. */
const widthOf64 = 63n << 12n;
const firmwareCounter = 1n << 63n;

/** SBI 11: counters of events. Only what has counters of its own offers it. */
export const pmu: SbiExtension = {
  id: 0x50_4d55,
  name: 'PMU',
  legacy: false,
  functions: [
    counterFunction({
      id: 0,
      name: 'sbi_pmu_num_counters',
      parameters: [],
      summary: 'How many counters there are, of hardware and of firmware.',
      act: ({ counters }) => success(BigInt(counters.count)),
    }),
    counterFunction({
      id: 1,
      name: 'sbi_pmu_counter_get_info',
      parameters: ['counter_idx'],
      summary: 'What a counter is: its CSR and width, or one of firmware.',
      act: ({ counters }, [index]) => {
        if (index >= BigInt(counters.count)) return failure('invalidParam');
        const csr = counters.csr(Number(index));
        return success(csr === undefined ? firmwareCounter : BigInt(csr) | widthOf64);
      },
    }),
    counterFunction({
      id: 2,
      name: 'sbi_pmu_counter_config_matching',
      parameters: [...setParameters, 'config_flags', 'event_idx', 'event_data'],
      summary: 'Finds a counter that stands still and can count an event, and sets it up.',
      act: configureMatching,
    }),
    counterFunction({
      id: 3,
      name: 'sbi_pmu_counter_start',
      parameters: [...setParameters, 'start_flags', 'initial_value'],
      summary: 'Starts counters.',
      act: startCounters,
    }),
    counterFunction({
      id: 4,
      name: 'sbi_pmu_counter_stop',
      parameters: [...setParameters, 'stop_flags'],
      summary: 'Stops counters.',
      act: stopCounters,
    }),
    counterFunction({
      id: 5,
      name: 'sbi_pmu_counter_fw_read',
      parameters: ['counter_idx'],
      summary: 'Value of a counter of firmware.',
      act: ({ counters }, [index]) =>
        isFirmwareCounter(counters, index) ? success(counters.read(Number(index))) : failure('invalidParam'),
    }),
    counterFunction({
      id: 6,
      name: 'sbi_pmu_counter_fw_read_hi',
      parameters: ['counter_idx'],
      summary: 'The upper half of a counter of firmware, where registers have 32 bits; here zero.',
      act: ({ counters }, [index]) =>
        isFirmwareCounter(counters, index) ? success() : failure('invalidParam'),
    }),
    counterFunction({
      id: 7,
      name: 'sbi_pmu_snapshot_set_shmem',
      parameters: ['shmem_phys_lo', 'shmem_phys_hi', 'flags'],
      summary: 'Says where values of counters are to be taken from and put; all ones: nowhere.',
      act: setSnapshotMemory,
    }),
    counterFunction({
      id: 8,
      name: 'sbi_pmu_event_get_info',
      parameters: ['shmem_phys_lo', 'shmem_phys_hi', 'num_entries', 'flags'],
      summary: 'Which of the events listed in memory can be counted?',
      act: eventInformation,
    }),
  ],
};

function counterFunction(
  description: Omit<SbiFunction, 'call'> & { readonly act: CounterCall },
): SbiFunction {
  const { act, ...rest } = description;
  return {
    ...rest,
    call: (target, args) => {
      const { counters } = target;
      return counters === undefined ? failure('notSupported') : act({ target, counters }, args);
    },
  };
}

function isFirmwareCounter(counters: SbiCounters, index: bigint): boolean {
  return index < BigInt(counters.count) && counters.csr(Number(index)) === undefined;
}
