import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchConfiguration } from '../../src/protocol/launch.ts';
import { Computer } from './computer.ts';
import { realSystems } from './real-systems.ts';

// With the line's end: `==> ` stands in what `crc32` prints.
const prompt = '\n=> ';
const disk = Uint8Array.from({ length: 0x10_0000 }, (_, index) => index * 7 + (index >> 9));

describe('linux/u-boot-devices', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'strata-'));
    writeFileSync(join(folder, 'disk.img'), disk);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('reads and writes a disk, and does so again bit for bit after going back in time', async function () {
    const computer = await start({
      image: realSystems(this).uBoot.supervisor,
      vmm: 'none',
      disks: [{ file: join(folder, 'disk.img') }],
    });
    assert.match(ask(computer, 'virtio info'), /VirtIO Block Device[\s\S]*2048 x 512/);
    assert.match(ask(computer, 'virtio read 84000000 10 20'), /32 blocks read: OK/);
    assert.match(ask(computer, 'crc32 84000000 4000'), new RegExp(crc32(disk.subarray(0x2000, 0x6000))));
    ask(computer, 'mw.b 84000000 5a 400');
    assert.match(ask(computer, 'virtio write 84000000 11 2'), /2 blocks written: OK/);
    ask(computer, 'virtio read 85000000 10 4');
    const changed = disk.slice(0x2000, 0x2800).fill(0x5a, 0x200, 0x600);
    assert.match(ask(computer, 'crc32 85000000 800'), new RegExp(crc32(changed)));

    const { machine } = computer.debuggee.target;
    const { steps } = machine;
    const hash = machine.hash();
    const saved = machine.save();
    machine.reset();
    assert.equal(machine.run({ until: steps }).kind, 'budget');
    assert.equal(machine.hash(), hash, 'a second run, with the same input');
    machine.restore(saved);
    assert.equal(machine.hash(), hash, 'restored');
  });

  it('has an address from the gateway, reaches it, and loads a file', async function () {
    writeFileSync(join(folder, 'payload'), disk.subarray(0, 200_000));
    const computer = await start({
      image: realSystems(this).uBoot.supervisor,
      vmm: 'none',
      network: { kind: 'user', folder },
    });
    ask(computer, 'setenv autoload no');
    assert.match(ask(computer, 'dhcp'), /DHCP client bound to address 10\.0\.2\.15/);
    assert.match(ask(computer, 'ping 10.0.2.2'), /host 10\.0\.2\.2 is alive/);
    assert.match(ask(computer, 'tftpboot 84000000 payload'), /Bytes transferred = 200000/);
    assert.match(ask(computer, 'crc32 84000000 30d40'), new RegExp(crc32(disk.subarray(0, 200_000))));
  });

  it('reaches another guest of the VMM over their switch', async function () {
    const image = realSystems(this).uBoot.supervisor;
    const network = { kind: 'switch' } as const;
    const first = await Computer.start({ guests: ['a', 'b'].map((name) => ({ name, image, network })) });
    const second = first.neighbour('b');
    for (const computer of [first, second]) {
      toPrompt(computer);
      ask(computer, 'setenv autoload no');
    }
    assert.match(ask(first, 'dhcp'), /10\.0\.2\.15/);
    assert.match(ask(second, 'dhcp'), /10\.0\.2\.16/);
    // U-Boot answers only while it waits for an answer of its own.
    second.type('ping 10.0.2.99\n');
    assert.match(ask(first, 'ping 10.0.2.16'), /host 10\.0\.2\.16 is alive/);
  });
});

async function start(configuration: LaunchConfiguration): Promise<Computer> {
  const computer = await Computer.start(configuration);
  toPrompt(computer);
  return computer;
}

function toPrompt(computer: Computer): void {
  computer.expect('Hit any key to stop autoboot');
  computer.type(' ');
  computer.expect(prompt);
}

function ask(computer: Computer, line: string): string {
  return computer.command(line, { prompt });
}

/** As U-Boot prints it. */
function crc32(bytes: Uint8Array): string {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb8_8320 : 0);
  }
  return (~sum >>> 0).toString(16).padStart(8, '0');
}
