import assert from 'node:assert/strict';
import fc from 'fast-check';
import { standardInterval } from '../../src/debugger/profile/profiler.ts';
import { launchSchema, parseMemorySize, validateLaunch } from '../../src/protocol/launch.ts';

const problemsOf = (value: unknown): readonly string[] => {
  const result = validateLaunch(value);
  return result.ok ? [] : result.problems;
};

describe('protocol/launch', () => {
  it('takes the least there can be', () => {
    assert.deepEqual(
      validateLaunch({ type: 'strata', request: 'launch', name: 'x', image: 'kernel.elf' }).ok,
      true,
    );
  });

  it('takes two guests', () => {
    const guests = [
      { name: 'a', image: 'k' },
      { name: 'b', image: 'k', memory: '32M', append: 'run=hello' },
    ];
    assert.deepEqual(problemsOf({ guests }), []);
  });

  it('says how often profiles look by default', () => {
    const { description = '' } = launchSchema.shape.profileInterval.unwrap();
    assert.ok(description.includes(`Default ${standardInterval},`), description);
  });

  const faults: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing to start', {}, /^image: say which guest/],
    ['both forms', { image: 'k', guests: [{ name: 'a', image: 'k' }] }, /not both/],
    ['a profile without a name', { image: 'k', profile: '' }, /^profile: name a file/],
    ['no steps between samples', { image: 'k', profileInterval: 0 }, /^profileInterval: it is the number/],
    ['a size without unit', { image: 'k', memory: '128' }, /^memory: write a size/],
    ['too little memory', { image: 'k', memory: '8M' }, /^memory: memory is 16M at least/],
    [
      'a service at a port that there is not',
      { image: 'k', network: { kind: 'user', services: { '80': 'localhost:65536' } } },
      /a port is a number from 0 to 65535/,
    ],
    [
      'a port that is none',
      { image: 'k', network: { kind: 'user', forward: { '65536': 1 } } },
      /^network\.forward\.65536: a port is a number from 0 to 65535$/,
    ],
    ['an empty file name', { image: '' }, /^image: name a file/],
    ['a wrong type', { image: 7 }, /^image: /],
    ['a misspelt attribute', { image: 'k', memroy: '16M' }, /^memroy: .*"memory"/],
    [
      'twins',
      {
        guests: [
          { name: 'a', image: 'k' },
          { name: 'a', image: 'k' },
        ],
      },
      /called "a"/,
    ],
    ['firmware under the VMM', { image: 'k', firmware: 'none' }, /^firmware: .* goes with "vmm": "none"$/],
    ['guests without VMM', { vmm: 'none', guests: [{ name: 'a', image: 'k' }] }, /need a VMM/],
    ['vCPUs without VMM', { vmm: 'none', image: 'k', vcpus: 2 }, /^vcpus: the bare machine/],
    ['vCPUs of none of several guests', { guests: [{ name: 'a', image: 'k' }], vcpus: 2 }, /^vcpus: each of/],
    ['half a vCPU', { image: 'k', vcpus: 0.5 }, /^vcpus: /],
    ['no object', 'kernel.elf', /^configuration: /],
    ['an unknown attribute of a guest', { guests: [{ name: 'a', image: 'k', colour: 1 }] }, /colour/],
  ];
  for (const [what, value, message] of faults)
    it(`names ${what}`, () => {
      assert.ok(
        problemsOf(value).some((problem) => message.test(problem)),
        problemsOf(value).join('; '),
      );
    });

  it('says once what is wrong, in the words that the user has for the place', () => {
    const configuration = { image: 'k', memory: 'much', clockStart: 'now' };
    const result = validateLaunch(configuration, ([name]) => `the ${String(name)}`);
    assert.deepEqual(result.ok ? [] : result.problems, [
      'the clockStart: write a time as 2026-01-01T00:00:00Z',
      'the memory: write a size as 16M to 2G',
    ]);
  });

  it('answers anything at all', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => validateLaunch(value).ok || problemsOf(value).length > 0),
    );
  });

  it('reads sizes', () => {
    assert.equal(parseMemorySize('16M'), 16 * 1024 * 1024);
    assert.equal(parseMemorySize('2G'), 2 ** 31);
  });
});
