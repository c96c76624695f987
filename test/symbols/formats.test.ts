import assert from 'node:assert/strict';
import { type SymbolImage, loadImage } from '../../src/symbols/symbol-index.ts';
import { declaration } from '../../src/symbols/type-names.ts';
import { underlying } from '../../src/symbols/types.ts';
import { GCC, buildBytes, needsTools } from './toolchain.ts';
import { codeAddresses, loadSymbols } from './variants.ts';

const SOURCES = ['start.S', 'shapes.c'];
const FRAME = {
  pc: 0n,
  x: Array.from({ length: 32 }, (_, index) => BigInt(index) << 32n),
  pcKind: 'exact',
} as const;

describe('symbols, however the debug information is written', function () {
  needsTools(this, GCC);

  for (const format of [
    ['-gdwarf-2'],
    ['-gdwarf-3', '-gstrict-dwarf'],
    ['-gdwarf-4', '-gdwarf64'],
    ['-gdwarf-5', '-gdwarf64'],
    ['-gdwarf-5', '-fdebug-types-section'],
    ['-gdwarf-5', '-gno-as-loc-support'],
    ['-gdwarf-5', '-gno-column-info', '-Wa,-gdwarf-3'],
  ]) {
    for (const optimization of ['-O0', '-O1']) {
      it(`gives the same answers for ${format.join(' ')} ${optimization}`, () => {
        const expected = answers(loadSymbols(buildBytes(SOURCES, ['-g', '-gdwarf-5', optimization])));
        const actual = answers(loadSymbols(buildBytes(SOURCES, ['-g', ...format, optimization])));
        assert.ok(expected.length > 300);
        assert.deepEqual(actual, expected);
      });
    }
  }

  it('warns that debug information split into other files is not read, and still knows the symbols', () => {
    const result = loadImage('split', buildBytes(SOURCES, ['-g', '-gdwarf-5', '-gsplit-dwarf', '-O0']));
    assert.ok(result.ok);
    assert.ok(result.value.functionsNamed('walk').length === 1);
    assert.ok(
      result.value.diagnostics.some(
        ({ message, remedy }) => /\.dwo/.test(message) && /gsplit-dwarf/.test(remedy ?? ''),
      ),
    );
  });
});

/** What an image says about lines, functions, variables and types, as text. Columns came with later versions. */
function answers(image: SymbolImage): readonly string[] {
  const found: string[] = [];
  for (const address of codeAddresses(image)) {
    const line = image.lineAt(address);
    found.push(`${address.toString(16)} ${line?.file}:${line?.line} ${line?.start}-${line?.end}`);
    for (const [depth, frame] of image.framesAt(address).entries()) {
      found.push(`  ${frame.kind} ${frame.name} ${frame.position?.line}`);
      for (const { kind, name, type, line: declared, locate } of image.localsAt(address, depth)) {
        const location = locate({ ...FRAME, pc: address }, () => undefined);
        // What only newer operations can say, older versions leave out.
        const place =
          'address' in location ? location.address : 'register' in location ? location.register : '';
        if (place !== '') found.push(`    ${kind} ${declaration(type, name)} ${declared} ${place}`);
      }
    }
  }
  for (const { name, type } of image.globals()) found.push(declaration(type, name));
  const node = image.typeNamed(['struct', 'node']);
  for (const member of node?.kind === 'struct' ? node.members : []) {
    const { kind } = underlying(member.type);
    found.push(`${declaration(member.type, member.name ?? '')} ${kind} ${member.byteOffset}`);
  }
  const flags = image.typeNamed(['struct', 'flags']);
  for (const member of flags?.kind === 'struct' ? flags.members : []) {
    found.push(`${member.name} ${member.byteOffset} ${JSON.stringify(member.bitField)}`);
  }
  return found;
}
