import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { baseName } from '../../src/symbols/source-paths.ts';
import { GCC, GDB, NM, OBJCOPY, build, gdbBreakpoints, needsTools, run, scratchFile } from './toolchain.ts';
import { VARIANTS, codeAddresses, loadSymbols } from './variants.ts';

const ADDR2LINE = 'riscv64-unknown-elf-addr2line';

describe('symbols/function-index', function () {
  needsTools(this, GCC, GDB, NM, OBJCOPY, ADDR2LINE);

  for (const { name, path, image: load } of VARIANTS) {
    describe(name, () => {
      it('gives every address the chain of inlined calls that addr2line gives it', () => {
        const image = load();
        const addresses = codeAddresses(image);
        const blocks = run(ADDR2LINE, [
          '-a',
          '-i',
          '-f',
          '-e',
          path(),
          ...addresses.map((address) => address.toString(16)),
        ])
          .trim()
          .split(/^0x\w+\n/m)
          .slice(1);
        assert.equal(blocks.length, addresses.length);
        for (const [index, address] of addresses.entries()) {
          const lines = (blocks[index] ?? '').trim().split('\n');
          const frames = image.framesAt(address);
          const names = lines.filter((_, at) => at % 2 === 0);
          // It does not know the functions that the assembler describes.
          if (names[0] === '??')
            names[0] = image.symbolAt(address)?.symbol.name.replace('hang', '_start') ?? '';
          assert.deepEqual(
            frames.map((frame) => frame.name),
            names,
            address.toString(16),
          );
          // The innermost position is the line table's, whose choice among rows at one address gdb judges.
          const callers = frames
            .slice(1)
            .map(({ position }) => `${baseName(position?.file ?? '')}:${position?.line}`);
          const expected = lines
            .filter((_, at) => at % 2 === 1)
            .map((line) => baseName(line).replace(/ .*/, ''));
          assert.deepEqual(callers, expected.slice(1), address.toString(16));
        }
      });

      it('finds the functions that nm lists, by name and by address, with their extent', () => {
        const image = load();
        const listed = [...run(NM, ['-S', path()]).matchAll(/^(\w{16}) (\w{16}) [Tt] (\S+)$/gm)];
        assert.ok(listed.length >= 5);
        for (const [, address, size, linked = ''] of listed) {
          // sum.constprop.0 is how GCC calls its specialised copy of sum.
          const symbol = linked.replace(/\..*/, '');
          const low = BigInt(`0x${address}`);
          const high = low + BigInt(`0x${size}`);
          const [found, ...others] = image.functionsNamed(symbol);
          assert.deepEqual([found?.low, found?.high, others.length], [low, high, 0], symbol);
          assert.equal(image.functionAt(low)?.name, symbol);
          assert.equal(image.functionAt(high - 2n)?.name, symbol);
          assert.notEqual(image.functionAt(high)?.name, symbol);
        }
      });

      it('stops in a function where gdb stops, in its inlined copies too', () => {
        const image = load();
        const names = ['twice', 'visit_node', 'walk'];
        const expected = gdbBreakpoints(path(), names);
        for (const [index, each] of names.entries()) {
          const stops = image.stopsIn(each).map(({ address }) => `0x${address.toString(16)}`);
          assert.deepEqual(stops, expected[index], each);
        }
        assert.deepEqual(
          image.stopsIn('tw*').map((stop) => `${stop.name} ${stop.kind}`),
          ['twice inlined', 'twice inlined'],
        );
      });

      it('says where a function is declared', () => {
        const image = load();
        const source = readFileSync(new URL('programs/shapes.c', import.meta.url), 'utf8').split('\n');
        for (const symbol of ['walk', 'main', 'sum']) {
          const [found] = image.functionsNamed(symbol);
          assert.equal(baseName(found?.file ?? ''), 'shapes.c');
          assert.match(source[(found?.line ?? 0) - 1] ?? '', new RegExp(` ${symbol}\\(`));
        }
        assert.equal(baseName(image.functionsNamed('add_in_assembly')[0]?.file ?? ''), 'start.S');
      });
    });
  }

  it('takes patterns, and single labels by their full name', () => {
    const image = VARIANTS[0]?.image();
    const names = (pattern: string): readonly string[] | undefined =>
      image?.functionsNamed(pattern).map(({ name }) => name);
    assert.deepEqual(names('*a*'), ['_start', 'add_in_assembly', 'walk', 'main', 'local_types']);
    assert.deepEqual(names('m??n'), ['main']);
    assert.deepEqual(names('hang'), ['hang']);
    assert.deepEqual(names('nodes'), []);
    assert.deepEqual(names('nothing'), []);
  });

  it('finds functions by debug information alone, and by the symbol table alone', () => {
    const original = build(['start.S', 'shapes.c'], ['-g', '-O0']);
    const load = (name: string, ...options: readonly string[]) => {
      const output = scratchFile(name);
      run(OBJCOPY, [...options, original, output]);
      return loadSymbols(new Uint8Array(readFileSync(output)));
    };
    const withoutSymbols = load('no-symtab.elf', '--strip-all', '--keep-section=.debug_*');
    assert.equal(withoutSymbols.functionsNamed('walk')[0]?.source, 'dwarf');
    const withoutDebug = load('no-debug.elf', '--strip-debug');
    const [walk] = withoutDebug.functionsNamed('walk');
    assert.ok(walk);
    assert.equal(walk.source, 'symbol');
    assert.equal(withoutDebug.functionAt(walk.low + 4n)?.name, 'walk');
    assert.equal(withoutDebug.prologueEnd(walk), walk.low);
    assert.deepEqual(withoutDebug.framesAt(walk.low), [
      { name: 'walk', kind: 'function', position: undefined },
    ]);
    assert.equal(withoutDebug.lineAt(walk.low), undefined);
  });

  it('answers nothing for addresses outside the code', () => {
    const image = VARIANTS[0]?.image();
    const [nodes] = image?.elf.symbols.named('nodes') ?? [];
    for (const address of [0n, nodes?.address ?? 0n, 2n ** 64n - 1n]) {
      assert.equal(image?.functionAt(address), undefined);
      assert.deepEqual(image?.framesAt(address), []);
    }
    assert.equal(image?.symbolAt((nodes?.address ?? 0n) + 8n)?.symbol.name, 'nodes');
    assert.equal(image?.symbolAt((nodes?.address ?? 0n) + 8n)?.offset, 8n);
  });
});
