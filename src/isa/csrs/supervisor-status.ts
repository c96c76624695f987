import { mstatus } from './machine.ts';

const names = ['SIE', 'SPIE', 'UBE', 'SPP', 'VS', 'FS', 'XS', 'SUM', 'MXR', 'UXL', 'SD'];

/** The fields that sstatus shows of mstatus, and that vsstatus has of its own (Priv. supervisor level, sstatus; hypervisor, vsstatus). */
export const supervisorStatusFields = mstatus.fields.filter(({ name }) => names.includes(name));
