import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { StrataError } from '../../src/common/errors.ts';
import { loadDebuggee } from '../../src/dap/launch.ts';
import { samples, scratchFolder } from '../cli/strata.ts';
import { tinyElf, type TinySegment } from '../cli/tiny-elf.ts';

type Role = 'image' | 'programs' | 'symbols' | 'firmware';

const hello = readFileSync(samples.hello);
const program = readFileSync(samples.pebble.replace('pebble.elf', 'hello.elf'));

describe('dap/launch, files that are none', () => {
  const folder = scratchFolder();
  after(() => folder.dispose());

  /** What loading is refused with; undefined where it is not. Anything but a clear refusal fails the test. */
  async function refusalOf(
    bytes: Uint8Array,
    role: Role = 'image',
    vmm: 'hosted' | 'none' = 'hosted',
  ): Promise<string | undefined> {
    const file = folder.write('damaged.elf', bytes);
    const placed = {
      image: { image: file },
      programs: { programs: [file] },
      symbols: { symbols: file },
      firmware: { firmware: file },
    };
    try {
      await loadDebuggee({ image: samples.hello, memory: '16M', vmm, ...placed[role] });
      return undefined;
    } catch (error) {
      assert.ok(error instanceof StrataError && error.blame === 'user', String(error));
      assert.match(
        error.message,
        /damaged\.elf: .+[.]$/s,
        'the file is named, and a sentence says what to do',
      );
      assert.ok(error.message.length < 1000, error.message);
      return error.message;
    }
  }

  it('refuses an image that is cut anywhere before the end of what is loaded', async () => {
    for (let length = 0; length < 0x1000; length += length < 128 ? 9 : 331)
      assert.ok(await refusalOf(hello.subarray(0, length)), `${length} bytes`);
  });

  it('refuses cut programs and symbols, or does without what is missing', async () => {
    for (let part = 0; part < 6; part++)
      for (const role of ['programs', 'symbols'] as const)
        await refusalOf(program.subarray(0, Math.floor((program.length * part) / 6)), role);
  });

  it('refuses random bytes in every role', async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    const behindMagic = bytes.map((rest) => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...rest));
    for (const role of ['image', 'programs', 'symbols', 'firmware'] as const)
      await fc.assert(
        fc.asyncProperty(fc.oneof(bytes, behindMagic), async (some) => {
          assert.ok(await refusalOf(some, role, role === 'firmware' ? 'none' : 'hosted'), role);
        }),
        { numRuns: 6 },
      );
  });

  it('refuses damaged images, or runs what they have become', async () => {
    const damage = fc.array(fc.tuple(fc.nat(0x2ff), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom('image', 'programs', 'symbols'), async (places, role) => {
        const bytes = Uint8Array.from(role === 'image' ? hello : program);
        for (const [at, value] of places) bytes[at] = value;
        await refusalOf(bytes, role);
      }),
      { numRuns: 14 },
    );
  });

  const base = 0x8020_0000n;
  const bytes = new Uint8Array(16).fill(0x13);
  const at = (address: bigint, memorySize?: bigint): TinySegment =>
    memorySize === undefined ? { address, bytes } : { address, bytes, memorySize };
  const misplaced: readonly (readonly [string, Parameters<typeof tinyElf>[0], RegExp])[] = [
    [
      'a segment below RAM',
      { segments: [at(0x1000n)] },
      /segment 0x1000 to 0x1010 lies outside the memory, 0x8/,
    ],
    ['a segment above RAM', { segments: [at(0x9000_0000n)] }, /lies outside .*give more memory/],
    ['a segment over a device', { segments: [at(0x1000_0000n)] }, /lies outside/],
    ['a segment at the end of all addresses', { segments: [at((1n << 64n) - 16n)] }, /lies outside/],
    [
      'segments that overlap',
      { segments: [at(base), at(base + 4n)] },
      /0x80200000 to 0x80200010 and 0x80200004 to .* overlap/,
    ],
    [
      'a .bss beyond RAM',
      { segments: [at(base, 1n << 40n)] },
      /segment 0x80200000 to 0x10080200000 lies outside/,
    ],
    [
      'a .bss where the device tree goes',
      { segments: [at(base, 0xe0_0000n)] },
      /lies where the device tree goes/,
    ],
    [
      'more in the file than in memory',
      { segments: [at(base, 1n)] },
      /16 bytes in the file but only 1 in memory/,
    ],
    ['an entry outside RAM', { segments: [at(base)], entry: 0n }, /entry 0x0 lies outside/],
    ['an odd entry', { segments: [at(base)], entry: base + 1n }, /entry 0x80200001 is odd/],
    ['no segment', { segments: [] }, /nothing says what to load/],
  ];
  for (const [what, elf, message] of misplaced)
    it(`refuses ${what}, hosted and bare`, async () => {
      for (const vmm of ['hosted', 'none'] as const)
        assert.match((await refusalOf(tinyElf(elf), 'image', vmm)) ?? '', message);
    });

  it('refuses an initrd that does not fit, and says for which image', async () => {
    const initrd = folder.write('initrd', new Uint8Array(20 << 20));
    for (const vmm of ['hosted', 'none'] as const)
      await assert.rejects(loadDebuggee({ image: samples.pebble, initrd, memory: '16M', vmm }), {
        code: 'bad-image',
        message: /pebble\.elf: The initrd of 20971520 bytes does not fit .*give the machine more memory\.$/,
      });
  });
});
