import assert from 'node:assert/strict';
import { GCC, needsTools } from './toolchain.ts';
import { VARIANTS } from './variants.ts';

describe('symbols/text-pages', function () {
  needsTools(this, GCC);

  it('gives the code of the image by page, each byte once, and nothing that a program can write', () => {
    const image = VARIANTS[0]?.image();
    const text = image?.elf.section('.text');
    assert.ok(image && text);
    const pages = [...image.textPages()];
    let next = text.address;
    for (const { virtualAddress, bytes } of pages) {
      assert.equal(virtualAddress, next);
      assert.equal((virtualAddress + BigInt(bytes.length) - 1n) >> 12n, virtualAddress >> 12n);
      next += BigInt(bytes.length);
    }
    assert.equal(next, text.address + text.size);
    assert.deepEqual(Buffer.concat(pages.map(({ bytes }) => bytes)), Buffer.from(text.bytes));
  });
});
