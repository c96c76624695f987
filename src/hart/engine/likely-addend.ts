import { emptyTagHalf, tlbEntryBytes, tlbField } from './layout.ts';

/** The addend that nearly all entries of a TLB have, which is given as its words; `undefined`: there is no such. */
export function likelyAddend(tlb: Int32Array): number | undefined {
  let likely = 0;
  let votes = 0;
  let entries = 0;
  let agreeing = 0;
  // One that has more votes than all others together survives the first pass; the second one counts.
  for (const count of [false, true]) {
    for (let entry = 0; entry < tlb.length; entry += tlbEntryBytes / 4) {
      if (tlb[entry] === emptyTagHalf) continue;
      const addend = tlb[entry + tlbField.addend / 4] as number;
      if (count) {
        entries++;
        if (addend === likely) agreeing++;
      } else if (votes === 0) {
        likely = addend;
        votes = 1;
      } else {
        votes += addend === likely ? 1 : -1;
      }
    }
  }
  return entries > 0 && agreeing * 8 >= entries * 7 ? likely : undefined;
}
