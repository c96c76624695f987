import assert from 'node:assert/strict';
import { contextKeyWords, type ContextKey } from '../../../src/hart/engine/context-key.ts';
import { contextCount, tlbEntries } from '../../../src/hart/engine/layout.ts';
import { TablePages } from '../../../src/hart/engine/table-pages.ts';
import { TranslationContexts } from '../../../src/hart/engine/translation-contexts.ts';
import { createMachineMemory } from '../../../src/hart/layout.ts';

describe('hart/engine/translation-contexts', () => {
  it('keeps what each context holds while another is the current one', () => {
    const contexts = setUp();
    contexts.select(key(1));
    contexts.fill('execute', 1, 0x100, 0x5000);
    contexts.select(key(2));
    assert.equal(contexts.executePage(1), undefined);
    contexts.fill('execute', 1, 0x100, 0x6000);
    contexts.select(key(1));
    assert.equal(contexts.executePage(1), 0x5000);
    assert.equal(contexts.executePage(0x10_0001), undefined);
  });

  it('gives up the context that was not used for longest', () => {
    const contexts = setUp();
    for (let index = 0; index < contextCount; index++) {
      contexts.select(key(index));
      contexts.fill('execute', 1, 0x100, index);
    }
    contexts.select(key(0));
    contexts.select(key(1000));
    assert.equal(contexts.executePage(1), undefined);
    const held = Array.from({ length: contextCount }, (_, index) => {
      contexts.select(key(index));
      return contexts.executePage(1) === index;
    });
    assert.equal(held[0], true);
    assert.equal(held[1], false);
  });

  it('forgets one page where one entry of its table changed, and all else where it is not known what changed', () => {
    const contexts = setUp();
    contexts.select(key(1));
    const high = Number(0xffff_ffff_8000_1000n >> 12n);
    const pages = [1, 2, 1 + tlbEntries, high];
    const fill = (): void => {
      for (const address of pages) contexts.fill('execute', address, 0x100, 1);
    };
    const held = (): readonly number[] => pages.filter((page) => contexts.executePage(page) !== undefined);
    fill();
    assert.deepEqual(held(), [2, high], 'three have one place');
    contexts.dependOn(0, Math.floor(high / 512));
    contexts.forgetTable(0, 2);
    assert.deepEqual(held(), [2, high], 'another span has this page');
    contexts.forgetTable(0, 1);
    assert.deepEqual(held(), [2]);
    contexts.dependOn(1, 0);
    contexts.forgetTable(1, 2);
    assert.deepEqual(held(), []);
    fill();
    contexts.forgetTable(1, undefined);
    assert.deepEqual(held(), []);
    fill();
    contexts.dependOn(0, 0);
    contexts.dependOn(0, 1);
    contexts.forgetTable(0, 7);
    assert.deepEqual(held(), [], 'one table for two spans');
    fill();
    contexts.forgetTable(1, 2);
    assert.deepEqual(held(), [2, high], 'nothing comes of this table any more');
  });

  it('forgets pages of code by their records, in every context', () => {
    const contexts = setUp();
    for (const index of [1, 2]) {
      contexts.select(key(index));
      contexts.fill('execute', 1, 0x100, index);
      contexts.fill('execute', 2, 0x200, index);
    }
    contexts.forgetRecords(0x100);
    for (const index of [1, 2]) {
      contexts.select(key(index));
      assert.equal(contexts.executePage(1), undefined);
      assert.equal(contexts.executePage(2), index);
    }
  });
});

function setUp(): TranslationContexts {
  const memory = createMachineMemory({ harts: 1, ramBase: 0x8000_0000, ramSize: 0x2000 });
  return new TranslationContexts(
    memory,
    memory.harts[0] as (typeof memory.harts)[number],
    new TablePages(memory),
  );
}

function key(index: number): ContextKey {
  return new Int32Array(contextKeyWords).fill(index, 1, 2);
}
