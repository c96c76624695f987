import assert from 'node:assert/strict';
import { type ElfFile, readElf } from '../../../src/symbols/elf/elf-file.ts';
import { GCC, NM, OBJCOPY, READELF, build, buildBytes, needsTools, run, scratchFile } from '../toolchain.ts';
import { readFileSync } from 'node:fs';

const SOURCES = ['start.S', 'shapes.c'];
const OPTIONS = ['-g', '-O0'];

describe('symbols/elf/elf-file', function () {
  needsTools(this, GCC, READELF, NM, OBJCOPY);

  it('gives what readelf gives: entry, loadable segments, sections, build-id', () => {
    const path = build(SOURCES, OPTIONS);
    const elf = read(buildBytes(SOURCES, OPTIONS));
    const listing = run(READELF, ['-hlSnW', path]);
    assert.equal(elf.entry, BigInt(captured(listing, /Entry point address:\s+(0x\w+)/)));
    assert.equal(Buffer.from(elf.buildId?.bytes ?? []).toString('hex'), captured(listing, /Build ID: (\w+)/));
    const loads = [...listing.matchAll(/LOAD\s+(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) (...) /g)];
    assert.deepEqual(
      elf.loadableSegments().map(({ virtualAddress, physicalAddress, bytes, memorySize, flags }) => ({
        virtualAddress,
        physicalAddress,
        fileSize: bytes.length,
        memorySize,
        flags: `${flags.read ? 'R' : ' '}${flags.write ? 'W' : ' '}${flags.execute ? 'E' : ' '}`,
      })),
      loads.map(([, , virtualAddress = '', physicalAddress = '', fileSize, memorySize, flags]) => ({
        virtualAddress: BigInt(virtualAddress),
        physicalAddress: BigInt(physicalAddress),
        fileSize: Number(fileSize),
        memorySize: Number(memorySize),
        flags,
      })),
    );
    const sections = [...listing.matchAll(/^ {2}\[ *(\d+)\] (\S+) +\S+ +(\w{16}) (\w+) (\w+) /gm)];
    assert.ok(sections.length > 10);
    for (const [, index, name, address, offset, size] of sections) {
      const section = elf.sections[Number(index)];
      assert.ok(section);
      assert.deepEqual(
        [section.name, section.address, section.fileOffset, section.size],
        [name, BigInt(`0x${address}`), Number(`0x${offset}`), BigInt(`0x${size}`)],
      );
    }
    assert.deepEqual(elf.diagnostics, []);
  });

  it('translates the entry of an image linked high and loaded low', () => {
    const elf = read(buildBytes(SOURCES, OPTIONS));
    assert.equal(elf.entry, 0x40_8000_0000n);
    assert.equal(elf.physicalEntry, 0x8000_0000n);
  });

  it('leaves an entry that is a physical address as it is, whatever is linked there', () => {
    const bytes = buildBytes(SOURCES, OPTIONS).slice();
    const { header, segments } = read(bytes);
    const [first, second] = segments.filter(({ type }) => type === 1);
    assert.ok(first && second && first.physicalAddress === 0x8000_0000n);
    const { offset, entrySize } = header.programHeaders;
    const view = new DataView(bytes.buffer);
    view.setBigUint64(24, first.physicalAddress, true);
    view.setBigUint64(offset + entrySize * segments.indexOf(second) + 16, first.physicalAddress, true);
    const elf = read(bytes);
    assert.ok(elf.loadableSegments().some(({ virtualAddress }) => virtualAddress === first.physicalAddress));
    assert.equal(elf.physicalEntry, first.physicalAddress);
  });

  it('gives the symbols that nm gives', () => {
    const elf = read(buildBytes(SOURCES, OPTIONS));
    const expected = [
      ...run(NM, ['-S', build(SOURCES, OPTIONS)]).matchAll(/^(\w{16}) (?:(\w{16}) )?([A-Za-z]) (\S+)$/gm),
    ]
      .filter(([, , , kind, name = '']) => !'aA'.includes(kind ?? '') && !/^(\$|\.L)/.test(name))
      .map(([, address, size, , name]) => `${BigInt(`0x${address}`)} ${BigInt(`0x${size ?? 0}`)} ${name}`);
    const actual = [...elf.symbols.all()].map(({ address, size, name }) => `${address} ${size} ${name}`);
    assert.ok(expected.length > 10);
    assert.deepEqual(actual.toSorted(), expected.toSorted());
  });

  it('finds the symbol that holds an address: by size, and by nearness where sizes are unknown', () => {
    const { symbols } = read(buildBytes(SOURCES, OPTIONS));
    const [walk] = symbols.named('walk');
    assert.ok(walk && walk.size > 0n);
    assert.equal(symbols.enclosing(walk.address)?.name, 'walk');
    assert.equal(symbols.enclosing(walk.address + walk.size - 1n)?.name, 'walk');
    assert.notEqual(symbols.enclosing(walk.address + walk.size)?.name, 'walk');
    const [start] = symbols.named('_start');
    const [hang] = symbols.named('hang');
    assert.ok(start && hang && hang.address < start.address + start.size);
    assert.equal(symbols.enclosing(hang.address + 2n)?.name, 'hang');
    assert.equal(symbols.enclosing(start.address - 1n), undefined);
    assert.equal(symbols.enclosing(0n), undefined);
    assert.equal(symbols.enclosing(2n ** 64n - 1n), undefined);
  });

  it('loads a stripped image, without symbols and without complaint', () => {
    const stripped = scratchFile('stripped.elf');
    run(OBJCOPY, ['--strip-all', build(SOURCES, OPTIONS), stripped]);
    const elf = read(new Uint8Array(readFileSync(stripped)));
    assert.equal(elf.loadableSegments().length, 2);
    assert.equal(elf.symbols.count, 0);
    assert.deepEqual(elf.diagnostics, []);
  });

  it('loads an image with compressed debug sections, and warns that they are ignored', () => {
    const elf = read(buildBytes(SOURCES, [...OPTIONS, '-gz=zlib']));
    assert.equal(elf.loadableSegments().length, 2);
    assert.equal(elf.section('.debug_info')?.bytes.length, 0);
    const warning = elf.diagnostics.find(
      ({ message }) => message === '.debug_info ignored: it is compressed.',
    );
    assert.equal(warning?.severity, 'warning');
    assert.match(warning.remedy ?? '', /decompress-debug-sections/);
  });

  it('refuses an object file and says that it is not linked', () => {
    const result = readElf(buildBytes(['shapes.c'], [...OPTIONS, '-c']));
    assert.equal(result.ok, false);
    assert.match(result.diagnostics[0]?.message ?? '', /object file/);
  });
});

function read(bytes: Uint8Array): ElfFile {
  const result = readElf(bytes);
  assert.ok(result.ok, JSON.stringify(result.diagnostics));
  return result.value;
}

function captured(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  assert.ok(found !== undefined, String(pattern));
  return found;
}
