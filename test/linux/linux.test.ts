import type { LaunchConfiguration } from '../../src/protocol/launch.ts';
import { Computer } from './computer.ts';
import { realSystems, report } from './real-systems.ts';

const machine = { vmm: 'none', memory: '512M', append: 'console=ttyS0 earlycon' } as const;

describe('linux/linux', () => {
  it('boots Debian’s kernel over the built-in firmware to its first process', async function () {
    const { kernel, initrd } = realSystems(this);
    await bootToInit('Linux over the built-in firmware', { ...machine, image: kernel, initrd });
  });

  it('boots with 4 harts', async function () {
    const { kernel, initrd } = realSystems(this);
    const configuration = { ...machine, image: kernel, initrd, harts: 4 };
    await bootToInit('Linux on 4 harts', configuration, 'smp: Brought up 1 node, 4 CPUs');
  });

  // fw_jump would put the device tree 32 MiB behind the kernel's start, where newer kernels have not ended yet.
  it('boots over OpenSBI with 2 harts', async function () {
    const { kernel, initrd, openSbi } = realSystems(this);
    const configuration = { ...machine, image: kernel, initrd, firmware: openSbi.dynamic, harts: 2 };
    await bootToInit('Linux over OpenSBI on 2 harts', configuration, 'smp: Brought up 1 node, 2 CPUs');
  });
});

async function bootToInit(what: string, configuration: LaunchConfiguration, onTheWay = ''): Promise<void> {
  const started = performance.now();
  const computer = await Computer.start(configuration);
  computer.expect('Linux version', { steps: 100_000_000 });
  computer.expect(onTheWay);
  computer.expect('Run /init as init process', { steps: 3_000_000_000 });
  report(what, computer.steps, started);
}
