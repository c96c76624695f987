import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CpuProfile } from '../../src/debugger/profile/cpu-profile.ts';
import type { CustomEvents } from '../../src/protocol/requests.ts';
import { AdapterClient, pebble } from './client.ts';

type ProfileEvent = CustomEvents['strata/profile'];

const stepsPerSample = 997;

describe('dap/profiling', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-profile-'));
  after(() => rmSync(folder, { recursive: true }));
  const inFolder = (name: string): string => join(folder, name);

  let adapter: AdapterClient;
  before(async () => {
    adapter = new AdapterClient();
    await adapter.start();
  });
  after(() => adapter.stop());

  /** Launches, and stops where `hello` begins its work. */
  const launchToHello = async (more: object = {}): Promise<void> => {
    const stopped = adapter.event('stopped');
    await adapter.launch(pebble('run=hello', more), () =>
      adapter.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'hello!main' }] }),
    );
    await stopped;
  };
  /** Does something by which a profile ends. */
  const toProfile = async (act: () => Promise<unknown>): Promise<ProfileEvent> => {
    const event = adapter.event<ProfileEvent>('strata/profile');
    await act();
    return event;
  };
  const toEnd = async (): Promise<unknown> => {
    const terminated = adapter.event('terminated');
    await adapter.ask('continue', { threadId: 1 });
    return terminated;
  };

  it('takes a profile from when it is asked for until it is told to stop', async () => {
    await launchToHello();
    const file = inFolder('asked.cpuprofile');
    const begun = await toProfile(() => adapter.custom('strata/startProfile', { file, stepsPerSample }));
    assert.deepEqual(begun, { state: 'running', file });
    await adapter.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'pebble!process_exit' }] });
    await adapter.continueToStop(1);
    const ended = await toProfile(() => adapter.custom('strata/stopProfile', {}));
    assert.ok(ended.state === 'written' && ended.file === file && ended.samples > 0, JSON.stringify(ended));
    const profile = readProfile(file);
    const names = profile.nodes.map(({ callFrame }) => callFrame.functionName);
    for (const name of ['[process]', 'hello!main', '[kernel]', 'pebble!trap'])
      assert.ok(names.includes(name), `${name} of ${names.join(' ')}`);
    assert.ok(profile.startTime > 0, 'the boot is not in it');
    assert.match(
      adapter.output.join(''),
      new RegExp(`^${ended.samples} samples, one in 997 steps, in `, 'm'),
    );
    await assert.rejects(adapter.custom('strata/stopProfile', {}), /no profile is under way/);
  });

  it('ends a profile at the next stop, if so asked, and not otherwise', async () => {
    await launchToHello();
    const file = inFolder('stop.cpuprofile');
    await adapter.custom('strata/startProfile', { file, stepsPerSample, until: 'stop' });
    const untilStop = await toProfile(() => adapter.toStop(() => adapter.ask('next', { threadId: 1 })));
    assert.equal(untilStop.state, 'written');
    await adapter.custom('strata/startProfile', { file, stepsPerSample });
    await adapter.toStop(() => adapter.ask('next', { threadId: 1 }));
    const untilEnd = await toProfile(toEnd);
    assert.ok(untilEnd.state === 'written' && untilEnd.samples > 0);
  });

  it('profiles the whole session where the launch says so, and writes it when the client ends it', async () => {
    const profile = inFolder('launch.folded');
    await launchToHello({ profile, profileInterval: 5000 });
    assert.equal(readFileSync(profile, 'utf8'), '');
    const written = await toProfile(() => adapter.ask('terminate'));
    assert.ok(written.state === 'written' && written.samples > 10, JSON.stringify(written));
    const steps = [...readFileSync(profile, 'utf8').matchAll(/ (\d+)$/gm)].map(([, count]) => Number(count));
    assert.equal(
      steps.reduce((sum, count) => sum + count, 0),
      5000 * written.samples,
    );
  });

  it('is the same where the guest was restarted on the way', async () => {
    const profile = inFolder('restart.cpuprofile');
    await launchToHello({ profile, profileInterval: 5000 });
    await adapter.toStop(() => adapter.ask('restart'));
    await toProfile(toEnd);
    const restarted = readFileSync(profile, 'utf8');
    rmSync(profile);
    await launchToHello({ profile, profileInterval: 5000 });
    await toProfile(toEnd);
    assert.equal(restarted, readFileSync(profile, 'utf8'));
    assert.equal(readProfile(profile).startTime, 0);
  });

  it('tells, and runs nothing, where the file cannot be written', async () => {
    const profile = inFolder('none/at/all.cpuprofile');
    await assert.rejects(
      adapter.ask('launch', pebble('run=hello', { profile })),
      /^Error: profile: .*no such file or directory/,
    );
    await assert.rejects(adapter.ask('configurationDone'), /no guest is being debugged/);
    await launchToHello();
    await assert.rejects(
      adapter.custom('strata/startProfile', { file: profile }),
      /^Error: file: .*no such file or directory/,
    );
    await assert.rejects(
      adapter.custom('strata/startProfile', { file: 'relative.cpuprofile' }),
      /whole path/,
    );
    assert.ok(!existsSync('relative.cpuprofile'));
  });

  it('tells where the file cannot be written any more', async () => {
    await launchToHello();
    const home = mkdtempSync(join(folder, 'home-'));
    await adapter.custom('strata/startProfile', { file: join(home, 'a.cpuprofile'), stepsPerSample });
    rmSync(home, { recursive: true });
    const lost = await toProfile(() => adapter.custom('strata/stopProfile', {}));
    assert.ok(lost.state === 'lost', lost.state);
    assert.match(lost.problem, /no such file or directory/);
    assert.equal((await adapter.ask<DebugProtocol.ThreadsResponse['body']>('threads')).threads.length, 1);
  });

  it('takes one profile at a time', async () => {
    await launchToHello();
    const file = inFolder('first.cpuprofile');
    await adapter.custom('strata/startProfile', { file });
    const second = adapter.custom('strata/startProfile', { file: inFolder('second.cpuprofile') });
    await assert.rejects(second, /a profile is under way/);
    assert.ok(!existsSync(inFolder('second.cpuprofile')));
  });
});

function readProfile(file: string): CpuProfile {
  return JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
}
