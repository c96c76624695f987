import assert from 'node:assert/strict';
import { baseName } from '../../src/symbols/source-paths.ts';
import { GCC, GDB, needsTools, runGdb } from './toolchain.ts';
import { VARIANTS, codeAddresses } from './variants.ts';

describe('symbols/variable-index', function () {
  needsTools(this, GCC, GDB);

  for (const { name, path, image: load } of VARIANTS) {
    it(`lists at every address the variables and parameters that gdb lists, ${name}`, () => {
      const image = load();
      const addresses = codeAddresses(image);
      const lines = runGdb(path(), [
        'def names(block):',
        '    found = set()',
        '    while block is not None and not block.is_global and not block.is_static:',
        '        found |= {"%s %s %d" % ("parameter" if one.is_argument else "local", one.name, one.line) for one in block if one.is_variable or one.is_argument}',
        '        if block.function is not None: break',
        '        block = block.superblock',
        '    return sorted(found)',
        `for address in [${addresses.join()}]:`,
        '    block = gdb.block_for_pc(address)',
        '    print(json.dumps(names(block) if block is not None else []))',
      ]);
      assert.equal(lines.length, addresses.length);
      for (const [index, address] of addresses.entries()) {
        const own = image.localsAt(address).map((one) => `${one.kind} ${one.name} ${one.line}`);
        assert.deepEqual(own.toSorted(), JSON.parse(lines[index] ?? ''), address.toString(16));
      }
    });
  }

  it('puts parameters first, then outer blocks before inner ones', () => {
    const image = VARIANTS[0]?.image();
    const [sum] = image?.functionsNamed('sum') ?? [];
    const inner = image?.addressesOf('shapes.c', 58)?.addresses[0];
    assert.ok(image && sum && inner !== undefined && inner > sum.low && inner < sum.high);
    const locals = image.localsAt(inner);
    assert.deepEqual(
      locals.map((one) => `${one.kind} ${one.name}`),
      ['parameter values', 'parameter count', 'local total', 'local i', 'local value'],
    );
    assert.ok(locals.every(({ file }) => baseName(file ?? '') === 'shapes.c'));
  });

  it('lists nothing where there is no function, or no such frame', () => {
    const image = VARIANTS[0]?.image();
    assert.deepEqual(image?.localsAt(0n), []);
    const [walk] = image?.functionsNamed('walk') ?? [];
    assert.deepEqual(image?.localsAt(walk?.low ?? 0n, 1), []);
  });
});
