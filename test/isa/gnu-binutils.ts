import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'riscv64-unknown-elf-';
const assemblerOptions = [
  '-march=rv64imafdc_zicsr_zifencei_zihintpause_zicbom_zicbop_zicboz_zawrs_zba_zbb_zbc_zbs_svinval_h_zfh',
  '-mpriv-spec=1.12',
  '-mno-relax',
];

/** Extensions that binutils 2.40 do not know: `later.test.ts` has encodings of theirs. */
export const laterExtensions: ReadonlySet<string> = new Set([
  'Zicond',
  'Zacas',
  'Zcb',
  'Zimop',
  'Zcmop',
  'Zfa',
]);

/** Are GNU as, objdump and objcopy for RISC-V installed? */
export function haveBinutils(): boolean {
  return ['as', 'objdump', 'objcopy'].every((tool) => spawnSync(prefix + tool, ['--version']).status === 0);
}

/** One instruction as objdump lists it. `text` has a space for the tab and plain `0x…` targets. */
export interface ListedInstruction {
  readonly address: number;
  readonly word: number;
  readonly text: string;
}

/** Assembles the lines, and gives back the bytes of .text. */
export function assemble(lines: readonly string[]): Uint8Array {
  return inTemporaryFolder((folder) => {
    const object = assembleInto(folder, lines);
    const binary = join(folder, 'text.bin');
    execFileSync(`${prefix}objcopy`, ['-O', 'binary', '-j', '.text', object, binary]);
    return new Uint8Array(readFileSync(binary));
  });
}

/** Assembles the lines, and gives back what objdump makes of them under each set of `-M` options. */
export function list(lines: readonly string[], styles: readonly string[]): (readonly ListedInstruction[])[] {
  return inTemporaryFolder((folder) => {
    const object = assembleInto(folder, ['start:', ...lines]);
    // Where a mapping symbol names the instruction set, objdump 2.40 takes its name apart at every instruction.
    execFileSync(`${prefix}objcopy`, ['--wildcard', '--strip-symbol=$x*', object]);
    return styles.map((style) => {
      const options = ['-d', '-z', '-M', `priv-spec=1.12${style === '' ? '' : `,${style}`}`, object];
      const output = execFileSync(`${prefix}objdump`, options, { maxBuffer: 2 ** 27, encoding: 'latin1' });
      return output.split('\n').flatMap(parseLine);
    });
  });
}

function assembleInto(folder: string, lines: readonly string[]): string {
  const source = join(folder, 'text.s');
  const object = join(folder, 'text.o');
  writeFileSync(source, `${lines.join('\n')}\n`);
  execFileSync(`${prefix}as`, [...assemblerOptions, '-o', object, source]);
  return object;
}

function parseLine(line: string): ListedInstruction[] {
  const [, address, word, mnemonic, operands = ''] =
    /^ *([0-9a-f]+):\t([0-9a-f]+) *\t(\S+)(?:\t([^#<]*))?/.exec(line) ?? [];
  if (address === undefined || word === undefined || mnemonic === undefined) return [];
  const isRelative = line.includes(' <') && !line.includes('#');
  const plain = operands.trim();
  const text = isRelative ? plain.replace(/([0-9a-f]+)$/, '0x$1') : plain;
  return [
    {
      address: Number.parseInt(address, 16),
      word: Number.parseInt(word, 16),
      text: `${mnemonic} ${text}`.trim(),
    },
  ];
}

function inTemporaryFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'strata-isa-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
