import type { OperationName } from '../../isa/semantics.ts';
import { cacheBlockManagement, cacheBlockZero } from './cache-blocks.ts';
import { compareAndSwapDouble, compareAndSwapQuad, compareAndSwapWord } from './compare-and-swap.ts';
import { csrrc, csrrci, csrrs, csrrsi, csrrw, csrrwi } from './csr-access.ts';
import { ebreak, ecall, illegal, mret, sret, wfi } from './environment.ts';
import { fence, fenceI, translationFence } from './fences.ts';
import type { Operation } from './operation.ts';

/** The one implementation of each operation. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  csrrw,
  csrrs,
  csrrc,
  csrrwi,
  csrrsi,
  csrrci,
  ecall,
  ebreak,
  mret,
  sret,
  wfi,
  fence,
  'fence.i': fenceI,
  'sfence.vma': translationFence,
  'hfence.vvma': translationFence,
  'hfence.gvma': translationFence,
  'cbo.manage': cacheBlockManagement,
  'cbo.zero': cacheBlockZero,
  'amocas.w': compareAndSwapWord,
  'amocas.d': compareAndSwapDouble,
  'amocas.q': compareAndSwapQuad,
  illegal,
};
