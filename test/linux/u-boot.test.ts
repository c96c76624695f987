import assert from 'node:assert/strict';
import { Computer } from './computer.ts';
import { realSystems, report } from './real-systems.ts';

const prompt = '=> ';

describe('linux/u-boot', () => {
  it('comes to its prompt in S mode over the built-in firmware, and answers', async function () {
    const started = performance.now();
    const computer = await Computer.start({ image: realSystems(this).uBoot.supervisor, vmm: 'none' });
    toPrompt(computer);
    report('U-Boot to its prompt', computer.steps, started);
    assert.match(computer.command('version', { prompt }), /U-Boot \d+/);
    assert.match(computer.command('sbi', { prompt }), /SBI [23]\.0[\s\S]*Hart State Management/);
    computer.type('poweroff\n');
    assert.equal(computer.end(), 0);
  });

  it('comes to its prompt in M mode, without firmware', async function () {
    const { uBoot } = realSystems(this);
    const computer = await Computer.start({ image: uBoot.machine, vmm: 'none', firmware: 'none' });
    toPrompt(computer);
    assert.match(computer.command('version', { prompt }), /U-Boot \d+/);
  });

  it('is started by OpenSBI, which learns from a2 where to go (fw_dynamic)', async function () {
    const { uBoot, openSbi } = realSystems(this);
    const computer = await Computer.start({
      image: uBoot.supervisor,
      vmm: 'none',
      firmware: openSbi.dynamic,
    });
    computer.expect('OpenSBI v');
    toPrompt(computer);
    assert.match(computer.command('sbi', { prompt }), /OpenSBI/);
  });
});

function toPrompt(computer: Computer): void {
  computer.expect('Hit any key to stop autoboot');
  computer.type(' ');
  computer.expect(prompt);
}
