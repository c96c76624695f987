import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Dwarf } from '../../src/symbols/dwarf/dwarf.ts';
import { DiagnosticLog } from '../../src/symbols/diagnostics.ts';
import { ROW_IS_STATEMENT, rowAddress } from '../../src/symbols/dwarf/line-table.ts';
import { dwarfSections } from '../../src/symbols/dwarf/sections.ts';
import { baseName } from '../../src/symbols/source-paths.ts';
import type { SymbolImage } from '../../src/symbols/symbol-index.ts';
import { LineTables } from '../../src/symbols/unit-lines.ts';
import { GCC, GDB, OBJDUMP, PROGRAMS, gdbBreakpoints, needsTools, run, runGdb } from './toolchain.ts';
import { VARIANTS, codeAddresses } from './variants.ts';

describe('symbols/line-index', function () {
  needsTools(this, GCC, OBJDUMP, GDB);
  this.timeout(60_000);

  for (const { name, path, image: load, optimized } of VARIANTS) {
    describe(name, () => {
      it('decodes the rows that objdump decodes', () => {
        const listing = run(OBJDUMP, ['--dwarf=decodedline', path()]);
        const rows = [...listing.matchAll(/^(\S+) +(\d+) +(0x\w+)(?: +\d+)?( +x)?(?: +END)?$/gm)];
        const expected = rows.map(
          ([, file, line, address, statement]) => `${file} ${line} ${address} ${statement ? 'x' : ''}`,
        );
        const actual = allRows(load());
        assert.ok(expected.length > 50);
        assert.deepEqual(actual.toSorted(), expected.toSorted());
      });

      it('gives every address the line that gdb gives it', () => {
        const image = load();
        const addresses = codeAddresses(image);
        const lines = runGdb(path(), [
          'def line_of(address):',
          '    found = gdb.find_pc_line(address)',
          '    return "%s:%d" % (found.symtab.fullname(), found.line) if found.symtab else "none"',
          `print("\\n".join(line_of(address) for address in [${addresses.join()}]))`,
        ]);
        assert.equal(lines.length, addresses.length);
        for (const [index, address] of addresses.entries()) {
          const found = image.lineAt(address);
          assert.equal(found ? `${found.file}:${found.line}` : 'none', lines[index], hex(address));
        }
      });

      it('gives as run of a line addresses that are all of that line, bounded by others', () => {
        const image = load();
        for (const address of codeAddresses(image)) {
          const found = image.lineAt(address);
          if (!found) continue;
          assert.ok(found.start <= address && address < found.end);
          const same = (at: bigint): boolean => {
            const other = image.lineAt(at);
            return other?.line === found.line && other.file === found.file;
          };
          for (let at = found.start; at < found.end; at += 2n) assert.ok(same(at), hex(at));
          assert.ok(!same(found.end) || image.functionAt(found.end)?.low === found.end, hex(found.end));
        }
      });

      it('stops for a line where gdb stops, or where gdb loses the row, at a statement of the line', () => {
        const image = load();
        const lines = Array.from({ length: 50 }, (_, index) => index + 40);
        const expected = gdbBreakpoints(
          path(),
          lines.map((line) => `shapes.c:${line}`),
        );
        const statements = new Set(allRows(image).filter((row) => row.endsWith('x')));
        let agreed = 0;
        for (const [index, line] of lines.entries()) {
          const found = image.addressesOf(join(PROGRAMS, 'shapes.c'), line);
          assert.ok(found?.exact);
          const addresses = found.addresses.map(hex);
          if (addresses.join() === expected[index]?.join()) agreed++;
          // gdb drops rows of one file that share their address with rows of another, as inlining makes them.
          else assert.ok(optimized, `line ${line}: ${addresses.join()} and not ${expected[index]?.join()}`);
          for (const at of addresses) {
            const isEntry =
              !optimized && image.functionsNamed('*').some((one) => hex(image.prologueEnd(one)) === at);
            assert.ok(isEntry || statements.has(`shapes.c ${found.line} ${at} x`), `line ${line}: ${at}`);
          }
        }
        assert.ok(agreed >= (optimized ? 35 : 50), `${agreed}`);
      });

      it('stops in a function where gdb stops', () => {
        const image = load();
        const names = ['main', 'walk', 'sum', 'add_in_assembly', '_start'];
        const expected = gdbBreakpoints(path(), names);
        for (const [index, each] of names.entries()) {
          const stops = image.functionsNamed(each).map((one) => hex(image.prologueEnd(one)));
          assert.deepEqual(stops, expected[index], each);
        }
      });

      it('stops in every inlined copy', () => {
        const found = load().addressesOf('/elsewhere/shapes.h', 2);
        assert.equal(found?.addresses.length, 2);
        assert.equal(found?.exact, false);
        assert.equal(found?.agreement, 1);
        assert.ok(optimized || found.line === 2);
      });
    });
  }

  it('answers that a file is not a source of the image, or has no code from a line on', () => {
    const image = VARIANTS[0]?.image();
    assert.equal(image?.addressesOf('/somewhere/other.c', 1), undefined);
    assert.deepEqual(image?.addressesOf('shapes.c', 5000)?.addresses, []);
  });

  it('reports and finds sources where a remapping says that they are now', () => {
    const image = VARIANTS[1]?.image({ remap: [{ from: PROGRAMS, to: '/mapped/kernel' }] });
    assert.ok(image);
    assert.deepEqual(
      image.sources,
      ['shapes.c', 'shapes.h', 'start.S'].map((file) => `/mapped/kernel/${file}`),
    );
    const found = image.addressesOf('/mapped/kernel/shapes.c', 44);
    assert.ok(found?.exact && found.addresses.length === 1);
    assert.equal(image.lineAt(found.addresses[0] ?? 0n)?.file, '/mapped/kernel/shapes.c');
  });
});

const hex = (address: bigint): string => `0x${address.toString(16)}`;

function allRows(image: SymbolImage): readonly string[] {
  const dwarf = new Dwarf(dwarfSections(image.elf, new DiagnosticLog()), new DiagnosticLog());
  const tables = new LineTables(dwarf, []);
  return dwarf.units.flatMap((unit) => {
    const lines = tables.of(unit);
    assert.ok(lines);
    const { table } = lines;
    return table.sequences.flatMap((sequence) =>
      Array.from({ length: sequence.endRow - sequence.firstRow }, (_, index) => {
        const row = sequence.firstRow + index;
        const file = baseName(lines.path(table.files[row] ?? 0) ?? '');
        const statement = ((table.flags[row] ?? 0) & ROW_IS_STATEMENT) !== 0 ? 'x' : '';
        return `${file} ${table.lines[row]} ${hex(rowAddress(table, sequence, row))} ${statement}`;
      }),
    );
  });
}
