import assert from 'node:assert/strict';
import { HostedTarget } from '../hosted-target.ts';

describe('debugger/target/vcpu-cpu', () => {
  it('shows a guest its own time, which began when it was powered on', () => {
    const { machine, target, vmm } = new HostedTarget({ a: 'run="primes 100000"', b: 'run="primes 100000"' });
    machine.run({ budget: 500_000 });
    for (const { cpu, hart, vcpu } of target.threads) {
      assert.ok(vcpu);
      vcpu.setCsr('htimedelta', 5000n);
      assert.equal(cpu.getCsr('time'), hart.csrs.peek('time') + 5000n);
    }
    assert.ok(vmm.currentVcpu);
  });

  it('tells the pending interrupts of a vCPU alike, on the hart and away from it', () => {
    const { machine, target } = new HostedTarget({ a: 'run="primes 100000"', b: 'run="primes 100000"' });
    machine.run({ budget: 500_000 });
    for (const { cpu, vcpu } of target.threads) {
      assert.ok(vcpu);
      vcpu.setCsr('vstimecmp', (1n << 64n) - 1n);
      assert.equal(cpu.getCsr('sip'), 0n);
      vcpu.setInterrupt(10, true);
      assert.equal(cpu.getCsr('sip'), 0x200n, vcpu.isOnHart ? 'on the hart' : 'away');
      // On the hart, a timer is looked at again when it runs on.
      if (vcpu.isOnHart) continue;
      vcpu.setCsr('vstimecmp', 0n);
      assert.equal(cpu.getCsr('sip'), 0x220n);
    }
    assert.equal(target.threads.filter(({ vcpu }) => vcpu?.isOnHart === false).length, 1);
  });
});
