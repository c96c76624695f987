import assert from 'node:assert/strict';
import { loadDebuggee } from '../../src/dap/launch.ts';
import type { LaunchConfiguration } from '../../src/protocol/launch.ts';
import { samples } from '../cli/strata.ts';

describe('dap/launch', () => {
  for (const vmm of ['hosted', 'none'] as const)
    it(`gives the machine its clock, vmm ${vmm}`, async () => {
      assert.equal(await clockOf({ vmm }), 100_000_000);
      assert.equal(await clockOf({ vmm, clockMegahertz: 1000 }), 1_000_000_000);
    });
});

async function clockOf(configuration: LaunchConfiguration): Promise<number> {
  const debuggee = await loadDebuggee({ image: samples.hello, memory: '16M', ...configuration });
  debuggee.close();
  return debuggee.target.machine.configuration.clockHertz;
}
