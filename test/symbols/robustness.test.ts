import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readLocation } from '../../src/symbols/location-bytes.ts';
import { type SymbolImage, loadImage } from '../../src/symbols/symbol-index.ts';
import { typeName } from '../../src/symbols/type-names.ts';
import { type Type, findMember, sizeOf, underlying } from '../../src/symbols/types.ts';
import type { FrameRegisters } from '../../src/symbols/unwind.ts';
import { GCC, buildBytes, needsTools } from './toolchain.ts';

const SOURCES = ['start.S', 'shapes.c'];
const DEBUG_SECTION = /^\.(debug|eh_frame|symtab|strtab)/;
/** Far above what any of these questions takes, far below what a person would call hanging. */
const SLOWEST_MILLISECONDS = 2000;

describe('symbols, on damaged images', function () {
  needsTools(this, GCC);
  this.timeout(60_000);

  for (const options of [
    ['-g', '-gdwarf-4', '-O2'],
    ['-g', '-gdwarf-5', '-O2'],
    ['-g', '-gdwarf-5', '-O0', '-fasynchronous-unwind-tables'],
  ]) {
    it(`answers every question about an image cut off anywhere, ${options.join(' ')}`, () => {
      const bytes = buildBytes(SOURCES, options);
      for (let length = 0; length < bytes.length; length += 64) interrogate(bytes.subarray(0, length));
    });

    it(`answers every question about an image whose debug sections are cut off, ${options.join(' ')}`, () => {
      const bytes = buildBytes(SOURCES, options);
      const image = load(bytes);
      assert.ok(image);
      const headers = image.elf.header.sectionHeaders;
      for (const { index, name, size } of image.elf.sections) {
        if (!DEBUG_SECTION.test(name)) continue;
        for (let length = 0n; length < size; length += size / 5n + 1n) {
          const damaged = Uint8Array.from(bytes);
          // sh_size is the sixth field of a section header.
          new DataView(damaged.buffer).setBigUint64(headers.offset + index * 64 + 32, length, true);
          interrogate(damaged);
        }
      }
    });

    it(`answers every question about an image with flipped bytes, ${options.join(' ')}`, () => {
      const bytes = buildBytes(SOURCES, options);
      const place = fc.integer({ min: 0, max: bytes.length - 1 });
      const flips = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 40,
      });
      fc.assert(
        fc.property(flips, (changes) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of changes) damaged[at] = value;
          interrogate(damaged);
        }),
        { numRuns: 50 },
      );
    });

    it(`answers every question about an image whose debug sections are noise, ${options.join(' ')}`, () => {
      const bytes = buildBytes(SOURCES, options);
      const image = load(bytes);
      assert.ok(image);
      for (const section of image.elf.sections.filter(({ name }) => DEBUG_SECTION.test(name))) {
        const noise = fc.uint8Array({ minLength: 1, maxLength: section.bytes.length });
        fc.assert(
          fc.property(noise, (values) => {
            const damaged = Uint8Array.from(bytes);
            damaged.set(values, section.fileOffset);
            interrogate(damaged);
          }),
          { numRuns: 3 },
        );
      }
    });
  }
});

function load(bytes: Uint8Array): SymbolImage | undefined {
  const result = loadImage('damaged', bytes);
  if (!result.ok) {
    assert.ok(result.diagnostics.every(({ severity, remedy }) => severity === 'error' && remedy));
    return undefined;
  }
  return result.value;
}

/** Looks at everything that a type says of itself, some levels deep. */
function visit(type: Type | undefined, levels: number): void {
  if (!type || levels === 0) return;
  typeName(type);
  sizeOf(type);
  const plain = underlying(type);
  if (plain.kind === 'pointer') visit(plain.target, levels - 1);
  if (plain.kind === 'array') visit(plain.element, levels - 1);
  if (plain.kind === 'function')
    for (const each of [plain.result, ...plain.parameters]) visit(each, levels - 1);
  if (plain.kind === 'enum') assert.ok(plain.enumerators.length >= 0 && typeof plain.isSigned === 'boolean');
  if (plain.kind === 'struct' || plain.kind === 'union') {
    findMember(plain, 'anonymous_c');
    for (const member of plain.members) visit(member.type, levels - 1);
  }
}

/** Asks everything that can be asked; only the time is checked, and that nothing throws. */
function interrogate(bytes: Uint8Array): void {
  const begin = performance.now();
  const image = load(bytes);
  if (image) askAll(image);
  const took = performance.now() - begin;
  assert.ok(took < SLOWEST_MILLISECONDS, `took ${took} ms`);
}

function askAll(image: SymbolImage): void {
  const memory = new Uint8Array(4096).fill(0x80);
  const readMemory = (_: bigint, length: number): Uint8Array => memory.subarray(0, length);
  const x = Array.from({ length: 32 }, (_, register) => 0x40_8000_1000n + BigInt(register * 8));
  const addresses = Array.from({ length: 75 }, (_, index) => 0x40_8000_0000n + BigInt(index * 8));
  for (const address of addresses) {
    image.functionAt(address);
    image.symbolAt(address);
    image.lineAt(address);
    image.framesAt(address);
    const frame: FrameRegisters = { pc: address, x, pcKind: 'exact' };
    image.unwind(frame, readMemory);
    for (const depth of [0, 1]) {
      for (const { type, locate } of image.localsAt(address, depth)) {
        visit(type, 4);
        readLocation(locate(frame, readMemory), 8, frame, readMemory);
      }
    }
    image.unwind({ pc: address, x, pcKind: 'return-address' }, readMemory);
  }
  for (const one of image.functionsNamed('*')) image.prologueEnd(one);
  image.functionsNamed('walk');
  for (const source of image.sources) for (const line of [1, 50, 5000]) image.addressesOf(source, line);
  for (const { type, locate } of image.globals()) {
    visit(type, 4);
    locate(undefined, readMemory);
  }
  for (const name of ['node', 'flags']) visit(image.typeNamed(['struct', name]), 4);
  image.enumeratorNamed('BLUE');
  Array.from(image.textPages());
  assert.ok(image.diagnostics.every(({ severity }) => severity === 'warning'));
}
