import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExtensionName } from '../../../../src/isa/configuration/extensions.ts';
import { createHarts } from '../../../../src/hart/harts.ts';
import { createMachineMemory } from '../../../../src/hart/layout.ts';
import { PhysicalMemory } from '../../../../src/hart/physical-memory.ts';
import { ramBase } from '../../fixture.ts';
import { oracleGuest, type OracleCase, type OracleGuest } from './guest.ts';

/** The extensions of which QEMU 7.2 has all. */
const oracleExtensions: readonly ExtensionName[] = ['F', 'D', 'Zfhmin', 'Zfh'];

/** What came of a comparison. */
export interface OracleResult {
  readonly operations: number;
  /** One line each, the first of them. */
  readonly differences: readonly string[];
}

/**
 * Does every instruction of floating point in every rounding mode on `count` operands, on a machine of ours and on
 * QEMU, and compares results and flags. `fcsr` is 0, or 1 where NX is to be set before each of them.
 */
export function compareWithQemu(options: {
  readonly seed: number;
  readonly count: number;
  readonly fcsr: 0 | 1;
  readonly engine: 'interpreter' | 'translator';
}): OracleResult {
  const { seed, count, fcsr, engine } = options;
  const guest = oracleGuest(oracleExtensions, seed, count, fcsr);
  const [ours, theirs] = [runHere(guest, engine), runInQemu(guest)];
  const operations = guest.cases.length * count;
  const differences: string[] = [];
  for (let place = 0; place < operations && differences.length < mostDifferences; place++) {
    if (ours[2 * place] === theirs[2 * place] && ours[2 * place + 1] === theirs[2 * place + 1]) continue;
    const which = guest.cases[Math.floor(place / count)] as OracleCase;
    const result = (from: BigUint64Array): string => `${hex(from[2 * place])} ${hex(from[2 * place + 1])}`;
    const { instruction, rm, fcsr: before } = which;
    const operands = guest.triple(which, place % count).map(hex);
    differences.push(
      `${instruction.mnemonic} ${operands.join(' ')}, rm ${rm}, fcsr ${before}: ${result(ours)}; QEMU ${result(theirs)}`,
    );
  }
  return { operations, differences };
}

const mostDifferences = 20;

function hex(value: bigint | undefined): string {
  return (value ?? 0n).toString(16);
}

function runHere(guest: OracleGuest, engine: 'interpreter' | 'translator'): BigUint64Array {
  const memory = createMachineMemory({ harts: 1, ramBase, ramSize: guest.ramBytes });
  const bus = { load: () => undefined, store: () => false };
  const physical = new PhysicalMemory({ memory, bus });
  const { harts } = createHarts({
    memory,
    physical,
    clock: {
      stepsPerTick: 1,
      elapsed: 0,
      offset: 0n,
      ticks: () => 0n,
      stepsFor: () => Infinity,
      stepsUntil: () => Number.MAX_SAFE_INTEGER,
    },
    hosted: { machine: false, supervisor: false },
    engine,
  });
  memory.ram.set(guest.image);
  for (const hart of harts) {
    hart.reset(BigInt(ramBase));
    hart.run(guest.steps);
  }
  return resultsIn(memory.ram, guest);
}

/** QEMU has the guest's RAM in a file, where it is when QEMU has ended. */
function runInQemu(guest: OracleGuest): BigUint64Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'strata-floats-'));
  try {
    const [image, ram] = [path.join(folder, 'image.bin'), path.join(folder, 'ram')];
    writeFileSync(image, guest.image);
    const size = `${guest.ramBytes / 0x10_0000}M`;
    const { status, stderr } = spawnSync(
      'qemu-system-riscv64',
      `-M virt,memory-backend=ram -m ${size} -cpu rv64,Zfh=true -display none -serial none -monitor none`
        .split(' ')
        .concat(
          '-object',
          `memory-backend-file,id=ram,size=${size},mem-path=${ram},share=on`,
          '-bios',
          image,
        ),
      { encoding: 'utf8', timeout: 300_000 },
    );
    if (status !== 0) throw new Error(`QEMU ended with ${String(status)}: ${stderr}`);
    return resultsIn(readFileSync(ram), guest);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resultsIn(ram: Uint8Array, { resultsOffset, ramBytes }: OracleGuest): BigUint64Array {
  return new BigUint64Array(Uint8Array.from(ram.subarray(resultsOffset, ramBytes)).buffer);
}
