import assert from 'node:assert/strict';
import { flatImage, placeBootData } from '../../src/machine/image.ts';
import { loopForever, start } from './fixture.ts';

const mebibyte = 0x10_0000;
const ram = { base: 0x8000_0000, size: 128 * mebibyte };
const kernel = flatImage(new Uint8Array(0x1000), 0x8020_0000n);

describe('machine/image', () => {
  it("puts initrd and device tree at QEMU's places", () => {
    const places = placeBootData({ image: kernel, ram, deviceTreeBytes: 0x2345, initrdBytes: 0x10_0000 });
    assert.deepEqual(places, {
      deviceTree: { base: 0x87e0_0000, size: 0x2345 },
      initrd: { base: 0x8420_0000, size: 0x10_0000 },
    });
  });

  it('keeps the device tree below 3 GiB and the initrd within 128 MiB of the kernel', () => {
    const large = { base: ram.base, size: 2048 * mebibyte };
    const places = placeBootData({ image: kernel, ram: large, deviceTreeBytes: 1, initrdBytes: 1 });
    assert.equal(places.deviceTree.base, 0xbfe0_0000);
    assert.equal(places.initrd?.base, 0x8820_0000);
  });

  it('says when the initrd does not fit, or the image lies in the way', () => {
    const initrdBytes = 100 * mebibyte;
    assert.throws(() => placeBootData({ image: kernel, ram, deviceTreeBytes: 1, initrdBytes }), {
      code: 'initrd-too-large',
      blame: 'user',
    });
    const huge = flatImage(new Uint8Array(126 * mebibyte), 0x8020_0000n);
    assert.throws(() => placeBootData({ image: huge, ram, deviceTreeBytes: 1, initrdBytes: undefined }), {
      code: 'image-overlap',
    });
  });

  it('hands command line and initrd to the kernel by the device tree', () => {
    const initrd = Uint8Array.of(1, 2, 3, 4);
    const image = flatImage(new Uint8Array(Uint32Array.of(loopForever).buffer), 0x8020_0000n);
    const { machine } = start({ image, initrd, bootArguments: 'console=ttyS0' });
    const { physical } = machine.board;
    assert.deepEqual(physical.peek(0x8020_0000 + 8 * mebibyte, 4), initrd);
    const tree = new TextDecoder('latin1').decode(
      physical.peek(Number(machine.harts[0]?.state.getX(11)), 0x2000),
    );
    assert.match(tree, /console=ttyS0\0/);
    assert.match(tree, /linux,initrd-start\0/);
    assert.equal(machine.harts[0]?.state.pc, 0x8020_0000n);
  });
});
