import assert from 'node:assert/strict';
import { DiagnosticLog } from '../../../src/symbols/diagnostics.ts';
import { type FrameRules, frameRulesAt } from '../../../src/symbols/dwarf/frame-rules.ts';
import { FrameTable } from '../../../src/symbols/dwarf/frame-table.ts';
import { dwarfSections } from '../../../src/symbols/dwarf/sections.ts';
import { GCC, READELF, build, buildBytes, needsTools, run } from '../toolchain.ts';
import { VARIANTS, type Variant, loadSymbols } from '../variants.ts';

const EH_FRAME_OPTIONS = ['-g', '-O2', '-fasynchronous-unwind-tables'];
const CASES: readonly Pick<Variant, 'name' | 'path' | 'image'>[] = [
  ...VARIANTS,
  {
    name: 'with .eh_frame alone',
    path: () => build(['start.S', 'shapes.c'], EH_FRAME_OPTIONS),
    image: () => loadSymbols(buildBytes(['start.S', 'shapes.c'], EH_FRAME_OPTIONS)),
  },
];

describe('symbols/dwarf/frame-rules', function () {
  needsTools(this, GCC, READELF);

  for (const { name, path, image } of CASES) {
    it(`gives the rows that readelf gives, ${name}`, () => {
      const frames = new FrameTable(
        dwarfSections(image().elf, new DiagnosticLog()),
        new DiagnosticLog(),
        () => true,
      );
      let compared = 0;
      for (const row of interpretedRows(run(READELF, ['--debug-dump=frames-interp', path()]))) {
        const description = frames.at(row.address);
        const rules = description && frameRulesAt(description, row.address);
        assert.ok(rules, row.address.toString(16));
        assert.equal(describeCfa(rules), row.cfa, row.address.toString(16));
        for (const [register, expected] of row.registers) {
          assert.equal(describeRule(rules, register), expected, `${row.address.toString(16)} x${register}`);
        }
        compared++;
      }
      assert.ok(compared > 20, `${compared} rows`);
    });
  }
});

interface InterpretedRow {
  readonly address: bigint;
  readonly cfa: string;
  readonly registers: readonly (readonly [register: number, rule: string])[];
}

const ABI_NAMES =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );

/** The rows of functions: those of common parts begin at address 0. */
function* interpretedRows(listing: string): Generator<InterpretedRow> {
  let columns: readonly number[] = [];
  for (const line of listing.split('\n')) {
    const header = /^ +LOC +CFA +(.*)$/.exec(line);
    if (header)
      columns = (header[1] ?? '')
        .trim()
        .split(/ +/)
        .map((name) => ABI_NAMES.indexOf(name));
    const row = /^(\w{16}) (\S+) +(.*)$/.exec(line);
    if (!row || BigInt(`0x${row[1]}`) === 0n) continue;
    const rules = (row[3] ?? '').trim().split(/ +/);
    const registers = columns
      .filter((register) => register >= 0)
      .map((register, index) => [register, rules[index] ?? ''] as const);
    yield { address: BigInt(`0x${row[1]}`), cfa: row[2] ?? '', registers };
  }
}

function describeCfa({ cfa }: FrameRules): string {
  if (!cfa) return 'none';
  if (cfa.kind === 'expression') return 'exp';
  return `${ABI_NAMES[cfa.register]}${cfa.offset < 0 ? '' : '+'}${cfa.offset}`;
}

function describeRule({ registers }: FrameRules, register: number): string {
  const rule = registers.get(register);
  if (!rule) return 'u';
  switch (rule.kind) {
    case 'undefined':
      return 'u';
    case 'same-value':
      return 's';
    case 'offset':
      return `c${rule.offset < 0 ? '' : '+'}${rule.offset}`;
    case 'value-offset':
      return `v${rule.offset < 0 ? '' : '+'}${rule.offset}`;
    case 'register':
      return ABI_NAMES[rule.register] ?? '';
    case 'expression':
      return 'exp';
    case 'value-expression':
      return 'vexp';
  }
}
