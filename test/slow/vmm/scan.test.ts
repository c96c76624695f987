import assert from 'node:assert/strict';
import { hpa } from '../../../src/common/address.ts';
import { startSideBySide, type SideBySide } from '../../vmm/side-by-side.ts';

const hiddenSecret = 'gur-pbbx-arire-fyrrcf'; // what programs/secret.c keeps, in ROT13
const secret = hiddenSecret.replaceAll(/[a-z]/g, (letter) =>
  String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97),
);
const keeping = 'run="secret &,tick 1000000 3"';
const searching = `scan=${hiddenSecret}`;

describe('vmm, with pebble twice', () => {
  for (const [first, second] of [
    ['keeper', 'searcher'],
    ['searcher', 'keeper'],
  ] as const) {
    it(`hides the secret of one guest from another that searches all physical memory: ${first} first`, () => {
      const commandLines = { keeper: keeping, searcher: searching };
      const guests = startSideBySide({ [first]: commandLines[first], [second]: commandLines[second] });
      guests.runToEndOf('searcher');
      assert.match(guests.printed('searcher'), /scan: 4096 pages of RAM read, 0 refused\n/);
      assert.match(guests.printed('searcher'), /elsewhere below 8 GiB 0 pages read/);
      assert.match(guests.printed('searcher'), /scan: secret not found\n$/);
      assert.doesNotMatch(guests.printed('searcher'), /tick|keeps/);
      assert.match(guests.printed('keeper'), /keeps 21 letters at 0x12000\ntick 1\n/);
      assert.doesNotMatch(guests.printed('keeper'), /scan/);
      // It was there to be found, all the time.
      assert.deepEqual(ownersOf(guests, secret), ['keeper']);
    });
  }

  it('finds, by the same search, the secret in the guest’s own memory', () => {
    const guests = startSideBySide({ both: `run="secret &,tick 1 20" ${searching}`, other: keeping });
    guests.runToEndOf('both');
    assert.match(
      guests.printed('both'),
      /scan: secret FOUND, 1 times, first at physical 0x80[0-9a-f]{3}000\n$/,
    );
    assert.deepEqual(ownersOf(guests, secret).toSorted(), ['both', 'other']);
  });
});

/** Whose frames of the machine's RAM hold a text. */
function ownersOf({ machine, vmm }: SideBySide, text: string): readonly string[] {
  const { memory } = machine.board;
  const ram = Buffer.from(memory.ram.buffer, memory.ram.byteOffset, memory.ram.byteLength);
  const owners: string[] = [];
  for (let at = ram.indexOf(text); at >= 0; at = ram.indexOf(text, at + 1)) {
    const owner = vmm.ownerOf(hpa(BigInt(memory.ramBase + at)));
    owners.push(owner?.kind === 'guest' ? owner.guest.name : (owner?.kind ?? 'nobody'));
  }
  return owners;
}
