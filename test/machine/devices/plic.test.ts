import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Plic } from '../../../src/machine/devices/plic.ts';

const priority = (source: number): number => source * 4;
const enable = (context: number, word = 0): number => 0x2000 + context * 0x80 + word * 4;
const threshold = (context: number): number => 0x20_0000 + context * 0x1000;
const claim = (context: number): number => threshold(context) + 4;

describe('machine/devices/plic', () => {
  it('interrupts a context only when source, priority, enable and threshold allow it', () => {
    const { plic, raised } = board();
    plic.setLine(10, true);
    assert.deepEqual(raised(), []);
    plic.store(priority(10), 4, 1n);
    assert.deepEqual(raised(), []);
    plic.store(enable(1), 4, 1n << 10n);
    assert.deepEqual(raised(), ['0S']);
    plic.store(threshold(1), 4, 1n);
    assert.deepEqual(raised(), []);
    plic.store(threshold(1), 4, 0n);
    assert.deepEqual(raised(), ['0S']);
  });

  it('does not take a request back when the line falls before the claim, nor make another of it', () => {
    const { plic, raised } = board();
    plic.store(priority(10), 4, 1n);
    plic.store(enable(1), 4, 1n << 10n);
    plic.setLine(10, true);
    plic.setLine(10, false);
    assert.deepEqual(raised(), ['0S']);
    assert.equal(plic.load(claim(1), 4), 10n);
    assert.deepEqual(raised(), []);
    plic.store(claim(1), 4, 10n);
    assert.deepEqual(raised(), []);
  });

  it('gives each request to one of the harts that may have it, whichever claims first', () => {
    const { plic, raised } = board();
    const sources = [3, 7, 40];
    for (const source of sources) {
      plic.store(priority(source), 4, 2n);
      plic.setLine(source, true);
    }
    for (const context of [1, 3]) {
      plic.store(enable(context), 4, (1n << 3n) | (1n << 7n));
      plic.store(enable(context, 1), 4, 1n << 8n);
    }
    assert.deepEqual(raised(), ['0S', '1S']);
    const claimed = [1, 3, 1, 3].map((context) => Number(plic.load(claim(context), 4)));
    assert.deepEqual(claimed, [3, 7, 40, 0]);
    assert.deepEqual(raised(), []);
    // PLIC 1.0.0, completion: any context that has the source enabled may complete it.
    plic.store(claim(1), 4, 7n);
    assert.equal(plic.load(claim(3), 4), 7n);
  });

  it('has a threshold for each context: 0 lets all through, 7 nothing', () => {
    const { plic, raised } = board();
    plic.store(priority(5), 4, 7n);
    plic.setLine(5, true);
    for (const context of [0, 1, 2, 3]) {
      plic.store(enable(context), 4, 1n << 5n);
      plic.store(threshold(context), 4, BigInt([7, 6, 0, 7][context] ?? 0));
    }
    assert.deepEqual(raised(), ['0S', '1M']);
    // A claim looks at priorities above the threshold only.
    assert.equal(plic.load(claim(0), 4), 0n);
    assert.equal(plic.load(claim(2), 4), 5n);
  });

  it('holds what registers can hold: three bits of priority and threshold, no enable of source 0', () => {
    const { plic } = board();
    plic.store(priority(5), 4, 0xffn);
    plic.store(threshold(2), 4, 0xffn);
    plic.store(0x1000, 4, 0xffff_ffffn);
    assert.deepEqual(
      [priority(5), threshold(2), 0x1000].map((offset) => plic.load(offset, 4)),
      [7n, 7n, 0n],
    );
  });

  it('lets one context claim a request, and asks again after completion while the line is up', () => {
    const { plic, raised } = board();
    plic.store(priority(10), 4, 1n);
    plic.store(enable(1), 4, 1n << 10n);
    plic.store(enable(3), 4, 1n << 10n);
    plic.setLine(10, true);
    assert.deepEqual(raised(), ['0S', '1S']);
    assert.equal(plic.load(claim(3), 4), 10n);
    assert.deepEqual(raised(), []);
    assert.equal(plic.load(claim(1), 4), 0n);
    plic.store(claim(3), 4, 10n);
    assert.deepEqual(raised(), ['0S', '1S']);
    assert.equal(plic.load(claim(1), 4), 10n);
    plic.setLine(10, false);
    plic.store(claim(1), 4, 10n);
    assert.deepEqual(raised(), []);
  });

  it('passes on no second request of a source while one is claimed', () => {
    const { plic, raised } = board();
    plic.store(priority(10), 4, 1n);
    plic.store(enable(1), 4, 1n << 10n);
    plic.setLine(10, true);
    assert.equal(plic.load(claim(1), 4), 10n);
    plic.setLine(10, false);
    plic.setLine(10, true);
    assert.deepEqual(raised(), []);
    plic.store(claim(1), 4, 10n);
    assert.deepEqual(raised(), ['0S']);
  });

  it('ignores the completion of a source that the context has not enabled', () => {
    const { plic } = board();
    plic.store(priority(10), 4, 1n);
    plic.store(enable(1), 4, 1n << 10n);
    plic.setLine(10, true);
    plic.load(claim(1), 4);
    plic.store(claim(3), 4, 10n);
    plic.store(claim(1), 4, 0x100_000an);
    assert.equal(plic.load(claim(1), 4), 0n);
  });

  it('claims by priority, then by number', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({ source: fc.integer({ min: 1, max: 96 }), priority: fc.integer({ min: 1, max: 7 }) }),
          {
            selector: ({ source }) => source,
          },
        ),
        (requests) => {
          const { plic } = board();
          for (let word = 0; word < 4; word++) plic.store(enable(1, word), 4, 0xffff_ffffn);
          for (const request of requests) {
            plic.store(priority(request.source), 4, BigInt(request.priority));
            plic.setLine(request.source, true);
          }
          const order = requests
            .toSorted((left, right) => right.priority - left.priority || left.source - right.source)
            .map(({ source }) => BigInt(source));
          assert.deepEqual(
            requests.map(() => plic.load(claim(1), 4)),
            order,
          );
          assert.equal(plic.load(claim(1), 4), 0n);
        },
      ),
    );
  });

  it('shows a claimable source without claiming it', () => {
    const { plic } = board();
    plic.store(priority(33), 4, 3n);
    plic.store(enable(1, 1), 4, 2n);
    plic.setLine(33, true);
    const register = plic.registers.find(({ name }) => name === 'hart0.S.claim');
    assert.ok(register);
    assert.equal(plic.peek(register), 33n);
    assert.equal(plic.peek(register), 33n);
    assert.equal(plic.load(claim(1), 4), 33n);
  });

  it('has neither a source 0 nor one above the last, and takes 32-bit accesses only', () => {
    const { plic } = board();
    plic.store(enable(0), 4, 0xffff_ffffn);
    plic.store(enable(0, 3), 4, 0xffff_ffffn);
    assert.equal(plic.load(enable(0), 4), 0xffff_fffen);
    assert.equal(plic.load(enable(0, 3), 4), 1n);
    assert.equal(plic.load(priority(97), 4), 0n);
    assert.equal(plic.load(priority(4), 8), undefined);
    assert.equal(plic.store(enable(0), 1, 1n), false);
  });

  it('restores what it saved', () => {
    const { plic } = board();
    plic.store(priority(10), 4, 5n);
    plic.store(enable(1), 4, 1n << 10n);
    plic.setLine(10, true);
    const other = board().plic;
    other.restore(plic.save());
    assert.deepEqual(other.save(), plic.save());
    assert.equal(other.load(claim(1), 4), 10n);
    assert.equal(plic.load(claim(1), 4), 10n);
  });
});

function board() {
  const lines = new Map<string, boolean>();
  const plic = new Plic({
    sources: 96,
    contexts: [
      { hart: 0, level: 'M' },
      { hart: 0, level: 'S' },
      { hart: 1, level: 'M' },
      { hart: 1, level: 'S' },
    ],
    externalInterrupt: ({ hart, level }, value) => lines.set(`${hart}${level}`, value),
  });
  return { plic, raised: () => [...lines].filter(([, value]) => value).map(([name]) => name) };
}
