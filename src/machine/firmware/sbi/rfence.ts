import { hartsOfMask } from './hart-mask.ts';
import {
  failure,
  success,
  type FenceRange,
  type SbiExtension,
  type SbiFence,
  type SbiFunction,
} from './sbi.ts';

const rangeParameters = ['hart_mask', 'hart_mask_base', 'start_addr', 'size'];

/** SBI 8: fences on other harts. */
export const rfence: SbiExtension = {
  id: 0x5246_4e43,
  name: 'RFENCE',
  legacy: false,
  functions: [
    fenceFunction({
      id: 0,
      name: 'sbi_remote_fence_i',
      parameters: ['hart_mask', 'hart_mask_base'],
      summary: 'FENCE.I on other harts.',
      fence: () => ({ kind: 'fence.i' }),
    }),
    fenceFunction({
      id: 1,
      name: 'sbi_remote_sfence_vma',
      parameters: rangeParameters,
      summary: 'SFENCE.VMA on other harts, for a range of virtual addresses.',
      fence: (range) => ({ kind: 'sfence.vma', range }),
    }),
    fenceFunction({
      id: 2,
      name: 'sbi_remote_sfence_vma_asid',
      parameters: [...rangeParameters, 'asid'],
      summary: 'SFENCE.VMA on other harts, for a range of virtual addresses of one ASID.',
      fence: (range, asid) => ({ kind: 'sfence.vma', range, asid }),
    }),
    fenceFunction({
      id: 3,
      name: 'sbi_remote_hfence_gvma_vmid',
      parameters: [...rangeParameters, 'vmid'],
      summary: 'HFENCE.GVMA on other harts, for a range of guest-physical addresses of one VMID.',
      fence: (range, vmid) => ({ kind: 'hfence.gvma', range, vmid }),
    }),
    fenceFunction({
      id: 4,
      name: 'sbi_remote_hfence_gvma',
      parameters: rangeParameters,
      summary: 'HFENCE.GVMA on other harts, for a range of guest-physical addresses of all guests.',
      fence: (range) => ({ kind: 'hfence.gvma', range }),
    }),
    fenceFunction({
      id: 5,
      name: 'sbi_remote_hfence_vvma_asid',
      parameters: [...rangeParameters, 'asid'],
      summary: 'HFENCE.VVMA on other harts, for a range of guest-virtual addresses of one ASID.',
      fence: (range, asid) => ({ kind: 'hfence.vvma', range, asid }),
    }),
    fenceFunction({
      id: 6,
      name: 'sbi_remote_hfence_vvma',
      parameters: rangeParameters,
      summary: 'HFENCE.VVMA on other harts, for a range of guest-virtual addresses.',
      fence: (range) => ({ kind: 'hfence.vvma', range }),
    }),
  ],
};

/** SBI 8: start and size of zero, or a size of all ones, mean the whole address space. */
export function fenceRange(start: bigint, size: bigint): FenceRange {
  return (start === 0n && size === 0n) || size === 0xffff_ffff_ffff_ffffn ? 'all' : { start, size };
}

function fenceFunction(
  description: Omit<SbiFunction, 'call'> & {
    readonly fence: (range: FenceRange, identifier: bigint) => SbiFence;
  },
): SbiFunction {
  const { fence, ...rest } = description;
  return {
    ...rest,
    call: (target, [mask, maskBase, start, size, identifier]) => {
      const request = fence(fenceRange(start, size), identifier);
      if (request.kind.startsWith('hfence') && !target.hasHypervisor) return failure('notSupported');
      const harts = hartsOfMask(target.harts, mask, maskBase);
      if (!harts) return failure('invalidParam');
      if (wrapsAround(request)) return failure('invalidAddress');
      target.fence(harts, request);
      return success();
    },
  };
}

/** A range that goes beyond the last address names none. */
function wrapsAround(fence: SbiFence): boolean {
  return (
    fence.kind !== 'fence.i' && fence.range !== 'all' && fence.range.start + fence.range.size > 1n << 64n
  );
}
