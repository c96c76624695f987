/** Bytes of a page: what an entry of the last level maps, in every scheme of translation that RISC-V has. */
export const pageBytes = 0x1000;
/** How far a byte's number is shifted for the number of its page. */
export const pageShift = 12;
