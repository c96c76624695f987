/** A set of extensions that the RVA profiles demand of application processors, by name. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly extensions: readonly string[];
}

// Names for properties that every machine here has (Ziccif, Svbare, Sstvala, …) are left out: they select nothing.
const rva20 = 'I M A F D C Zicsr Zifencei Zicntr Sv39'.split(' ');
const rva22 = rva20.concat(
  'Zihpm Zihintpause Zba Zbb Zbs Zicbom Zicbop Zicboz Zfhmin'.split(' '),
  'Svpbmt Svinval'.split(' '),
);
const rva23WithoutV = rva22.concat(
  'Zihintntl Zicond Zimop Zcmop Zcb Zfa Zawrs'.split(' '),
  'H Svnapot Sstc Sscofpmf Ssstateen Ssnpm'.split(' '),
);

/** What the profiles' S-mode variants make mandatory. */
export const profiles: readonly Profile[] = [
  { name: 'rva20', summary: 'RVA20S64: RV64GC as Linux distributions of 2020 assume it.', extensions: rva20 },
  { name: 'rva22', summary: 'RVA22S64: with bit manipulation, cache blocks, Svpbmt.', extensions: rva22 },
  {
    name: 'rva23-without-v',
    summary: 'RVA23S64 without its vector extensions: with the hypervisor, Zicond, Zfa, Sstc.',
    extensions: rva23WithoutV,
  },
];
