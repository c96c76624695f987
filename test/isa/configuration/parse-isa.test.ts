import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  extensionDescriptions,
  extensionNamed,
  extensionNames,
} from '../../../src/isa/configuration/extensions.ts';
import { everyExtension, isaOf, type Isa } from '../../../src/isa/configuration/isa.ts';
import { isaProblem, parseIsa } from '../../../src/isa/configuration/parse-isa.ts';
import { profiles } from '../../../src/isa/configuration/profiles.ts';

describe('isa/configuration/parse-isa', () => {
  it('selects what an ISA string names, what that needs, and what every machine has', () => {
    assert.equal(read('rv64ima_zihpm').text, 'rv64ima_zic64b_zicntr_zicsr_zihpm_zmmul_zaamo_zalrsc_zkt_sv39');
    assert.ok(read('rv64imac').has('Zca'));
    assert.ok(!read('rv64i').has('M'));
    assert.equal(read('RV64I2p1M2p0Zicntr2p0').text, read('rv64im_zicntr').text);
  });

  it('knows a name for several by its parts', () => {
    assert.ok(read('rv64i_zaamo_zalrsc').has('A'));
    assert.ok(!read('rv64i_zaamo').has('A'));
  });

  it('makes changes to what comes before', () => {
    assert.ok(!read('default,-sstc').has('Sstc'));
    assert.ok(read('rv64im, +C, -m').has('C'));
    assert.ok(!read('rv64imac,-a').has('Zalrsc'));
    assert.ok(!read('rv64imac,-zalrsc').has('A'));
  });

  it('tells the column of what it does not take', () => {
    for (const [text, problem] of Object.entries(problems)) {
      const result = parseIsa(text);
      assert.ok(!result.ok, text);
      assert.deepEqual(result.diagnostics.map(isaProblem), [problem], text);
    }
  });

  it('reads back every set that it writes', () => {
    const sets = fc.subarray([...extensionNames]);
    fc.assert(
      fc.property(sets, (names) => {
        const isa = isaOf(names);
        assert.deepEqual(read(isa.text.replace(/^rv64(?!i)/, 'rv64i')).names, isa.names);
      }),
    );
  });

  it('takes an extension away, or says what needs it', () => {
    for (const name of extensionNames) {
      const result = parseIsa(`default,-${name}`);
      if (result.ok) assert.ok(!result.value.has(name), name);
      else assert.match(String(result.diagnostics[0]?.message), /need|every machine/);
    }
  });

  it('gives every profile what Strata implements of it, and warns of the rest', () => {
    for (const { name, extensions } of profiles) {
      const result = parseIsa(name);
      assert.ok(result.ok);
      for (const extension of extensions) {
        const known = extensionNamed(extension);
        if (known) assert.ok(result.value.has(known), `${name}: ${extension}`);
        else assert.ok(result.diagnostics[0]?.message.includes(extension), `${name}: ${extension}`);
      }
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseIsa(text)));
    fc.assert(fc.property(fc.string(), (text) => void parseIsa(`rv64i${text}`)));
  });
});

describe('isa/configuration/extensions', () => {
  it('names only extensions that are described', () => {
    for (const name of extensionNames) {
      const { needs = [], parts = [] } = extensionDescriptions[name];
      for (const other of [...needs, ...parts]) assert.ok(extensionNamed(other), `${name}: ${other}`);
    }
  });

  it('gives misa a bit for each letter', () => {
    assert.equal(isaOf(['M', 'A', 'C']).misa, 0x8000_0000_0014_1105n);
    assert.notEqual(everyExtension.misa & (1n << 7n), 0n);
  });
});

const problems: Readonly<Record<string, string>> = {
  rv32i: 'column 1: rv32 is not what a machine here is; write rv64',
  rv64m: 'column 5: m is no base that a machine here has; write i, or g for imafd_zicsr_zifencei, after rv64',
  rv64im_xyz: 'column 8: Strata has no extension xyz; leave it out',
  rv64im_zihint: 'column 8: Strata has no extension zihint; there is Zihintntl, or leave it out',
  rv64imm: 'column 7: M is there twice; name it once',
  'rv64im,sstc': 'column 8: sstc after a comma; write + or - and an extension: +zba',
  'rv64im,-zmmul': 'column 8: M needs Zmmul; take it away before: -m,-zmmul',
  'default,-i': 'column 9: every machine has I; leave this out',
};

function read(text: string): Isa {
  const result = parseIsa(text);
  assert.ok(result.ok, `${text}: ${JSON.stringify(result)}`);
  return result.value;
}
