import assert from 'node:assert/strict';
import { trapFromCsrs } from '../../src/hart/hosted.ts';
import type { TakenTrap } from '../../src/hart/trap.ts';
import type {
  HostedSupervisor,
  SupervisorHost,
  SupervisorOutcome,
  SupervisorProgress,
} from '../../src/machine/hosted-supervisor.ts';
import type { StageReached } from '../../src/machine/machine-stop.ts';
import { ecall, li, ramBase, start, wfi, x } from './fixture.ts';

const ecallFromVs = 10;
const guestBase = ramBase + 0x1000;

describe('machine/hosted-supervisor', () => {
  it('runs a guest from power-on to its end, one exit a call', () => {
    const { machine, calls } = boot([...li(x.a0, 1), ecall, ...li(x.a0, 2), ecall, ...li(x.a0, 0), ecall]);
    assert.deepEqual(machine.run({ budget: 100 }), { kind: 'exit', code: 42, by: 'supervisor' });
    assert.deepEqual(calls, [1n, 2n, 0n]);
    assert.equal(machine.steps, 6);
  });

  it('counts a whole exit as the one step of its trap', () => {
    const { machine } = boot([...li(x.a0, 1), ecall, ...li(x.a0, 2), ecall]);
    assert.deepEqual(machine.run({ until: 2 }), { kind: 'budget' });
    const [hart] = machine.harts;
    assert.deepEqual([hart?.state.pc, hart?.state.virtual], [BigInt(guestBase + 8), true]);
    assert.deepEqual(machine.position, { step: 2 });
  });

  it('stops before each stage that an observer asks for, and goes on with it', () => {
    const { machine } = boot([...li(x.a0, 1), ecall, ...li(x.a0, 0), ecall]);
    const seen: StageReached[] = [];
    const stopBeforeStage = (stage: StageReached): boolean => {
      seen.push(stage);
      return true;
    };
    for (const [index, stage] of ['exit', 'emulate', 'resume'].entries()) {
      assert.deepEqual(machine.run({ budget: 100, stopBeforeStage }), { kind: 'stage', hart: 0, stage });
      assert.deepEqual(machine.position, { step: 2, stage: index });
      assert.deepEqual(machine.stage, { hart: 0, level: 'supervisor', name: stage, index });
    }
    assert.equal(
      machine.run({ budget: 100, stopBeforeStage: ({ name }) => name === 'emulate' }).kind,
      'stage',
    );
    assert.deepEqual(machine.position, { step: 4, stage: 1 });
    assert.equal(machine.run({ budget: 0 }).kind, 'exit');
    assert.equal(seen.length, 3);
  });

  it('lets a hart wait on behalf of the supervisor, until the timer that it set', () => {
    const { machine, traps } = boot([...li(x.a0, 9), ecall, ...li(x.a0, 0), ecall]);
    assert.equal(machine.run({ budget: 100 }).kind, 'exit');
    assert.ok(machine.board.clock.ticks() >= 500n);
    const [, timer] = traps;
    assert.deepEqual([timer?.trap.interrupt, timer?.trap.code, timer?.from.virtual], [true, 5, false]);
  });

  it('is idle while the supervisor waits for something that only input can bring', () => {
    const { machine, calls } = boot([...li(x.a0, 8), ecall, wfi]);
    assert.deepEqual(machine.run({ budget: 100 }), { kind: 'idle' });
    assert.deepEqual(machine.inputPorts, ['uart0', 'guest']);
    machine.input('guest', Uint8Array.of(7));
    assert.deepEqual(machine.run({ budget: 100 }), { kind: 'exit', code: 7, by: 'supervisor' });
    assert.deepEqual(calls, [8n]);
  });

  it('goes on from what it saved, and begins again after a reset', () => {
    const words = [...li(x.a0, 1), ecall, ...li(x.a0, 9), ecall, ...li(x.a0, 0), ecall];
    const { machine, calls } = boot(words);
    machine.run({ until: 3 });
    const saved = machine.save();
    const hash = machine.hash();
    machine.run({ budget: 100 });
    const end = machine.hash();
    machine.restore(saved);
    assert.equal(machine.hash(), hash);
    machine.run({ budget: 100 });
    assert.equal(machine.hash(), end);
    machine.reset();
    assert.equal(machine.steps, 0);
    machine.run({ budget: 100 });
    assert.equal(machine.hash(), end);
    assert.deepEqual(calls, [1n, 9n, 0n]);
  });

  it('is saved between exits only', () => {
    const { machine } = boot([...li(x.a0, 1), ecall]);
    machine.run({ budget: 100, stopBeforeStage: () => true });
    assert.throws(() => machine.save(), { code: 'broken-invariant' });
  });

  it('needs the built-in firmware', () => {
    assert.throws(() => start({ firmware: 'none', supervisor: (host) => new TinySupervisor(host, [], []) }), {
      code: 'invalid-machine-firmware',
    });
  });
});

function boot(guest: readonly number[]) {
  const calls: bigint[] = [];
  const traps: TakenTrap[] = [];
  const { machine } = start({ supervisor: (host) => new TinySupervisor(host, guest, calls, traps) });
  return { machine, calls, traps };
}

/**
 * A VMM of one guest without second stage. The guest calls with a0: 0 ends it with 42, 8 waits for input, which
 * ends it, 9 waits for 500 ticks, and the others do nothing.
 */
class TinySupervisor implements HostedSupervisor {
  readonly #host: SupervisorHost;
  readonly #guest: readonly number[];
  readonly #calls: bigint[];
  readonly #traps: TakenTrap[];
  #stage = 0;
  #input = 0;

  constructor(host: SupervisorHost, guest: readonly number[], calls: bigint[], traps: TakenTrap[] = []) {
    this.#host = host;
    this.#guest = guest;
    this.#calls = calls;
    this.#traps = traps;
    host.openInput('guest', (bytes) => {
      this.#input = bytes[0] ?? 0;
      const { csrs } = this.#hart;
      csrs.poke('mip', csrs.peek('mip') | 0x200n);
    });
  }

  get #hart() {
    return this.#host.harts[0] ?? assert.fail('no hart');
  }

  start(): SupervisorProgress {
    this.#calls.length = 0;
    this.#input = 0;
    this.#host.physical.poke(guestBase, new Uint8Array(Uint32Array.from(this.#guest).buffer));
    const { csrs } = this.#hart;
    csrs.poke('hstatus', 1n << 7n);
    csrs.poke('sstatus', (1n << 8n) | (1n << 5n));
    csrs.poke('sepc', BigInt(guestBase));
    csrs.poke('sie', 0x220n);
    this.#hart.returnFromSupervisor();
    return { kind: 'resumed' };
  }

  beginExit(): string {
    this.#traps.push(trapFromCsrs(this.#hart.state, 'supervisor'));
    this.#stage = 0;
    return 'exit';
  }

  advance(): SupervisorProgress {
    this.#stage++;
    if (this.#stage === 1) return { kind: 'stage', name: 'emulate' };
    if (this.#stage === 2) return { kind: 'stage', name: 'resume' };
    const { csrs, state } = this.#hart;
    if (csrs.peek('scause') !== BigInt(ecallFromVs)) return this.#afterWait();
    const call = state.getX(x.a0);
    this.#calls.push(call);
    if (call === 0n) return { kind: 'finished', code: 42 };
    if (call === 9n) csrs.poke('stimecmp', 500n);
    if (call === 8n || call === 9n) return this.#wait();
    csrs.poke('sepc', csrs.peek('sepc') + 4n);
    this.#hart.returnFromSupervisor();
    return { kind: 'resumed' };
  }

  finish(): SupervisorOutcome {
    for (;;) {
      const progress = this.advance();
      if (progress.kind !== 'stage') return progress;
    }
  }

  /** HS mode with interrupts on; where the guest goes on is kept in sscratch. */
  #wait(): SupervisorProgress {
    const { csrs } = this.#hart;
    csrs.poke('sscratch', csrs.peek('sepc') + 4n);
    csrs.poke('sstatus', csrs.peek('sstatus') | 2n);
    return { kind: 'waiting' };
  }

  #afterWait(): SupervisorProgress {
    const { csrs } = this.#hart;
    csrs.poke('stimecmp', 0xffff_ffff_ffff_ffffn);
    if (this.#input !== 0) return { kind: 'finished', code: this.#input };
    csrs.poke('hstatus', 1n << 7n);
    csrs.poke('sstatus', (1n << 8n) | (1n << 5n));
    csrs.poke('sepc', csrs.peek('sscratch'));
    this.#hart.returnFromSupervisor();
    return { kind: 'resumed' };
  }

  save() {
    return { calls: [...this.#calls], input: this.#input };
  }

  restore(state: { readonly calls: readonly bigint[]; readonly input: number }): void {
    this.#calls.splice(0, Infinity, ...state.calls);
    this.#input = state.input;
  }
}
