import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InputLog } from '../../src/machine/input-log.ts';

const entry = (step: number, text: string) => ({
  step,
  port: 'uart0',
  bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)),
});

describe('machine/input-log', () => {
  it('makes each entry visible once, at its step', () => {
    const log = new InputLog([entry(5, 'a'), entry(5, 'b'), entry(9, 'c')]);
    assert.equal(log.nextStep, 5);
    assert.deepEqual(log.take(4), []);
    assert.deepEqual(log.take(5), [entry(5, 'a'), entry(5, 'b')]);
    assert.deepEqual(log.take(5), []);
    assert.deepEqual([log.nextStep, log.take(100), log.nextStep], [9, [entry(9, 'c')], Infinity]);
  });

  it('plays again from an earlier position', () => {
    const log = new InputLog([entry(5, 'a'), entry(9, 'c')]);
    log.take(5);
    const position = log.position;
    log.take(9);
    log.position = position;
    assert.deepEqual(log.take(9), [entry(9, 'c')]);
  });

  it('refuses input before recorded input, until the recording is cut', () => {
    const log = new InputLog([entry(5, 'a'), entry(9, 'c')]);
    assert.throws(() => log.append(entry(7, 'b')), { code: 'input-in-the-past', blame: 'user' });
    log.truncate(7);
    log.append(entry(7, 'b'));
    assert.deepEqual(log.entries, [entry(5, 'a'), entry(7, 'b')]);
  });

  it('reads back what it recorded', () => {
    const entries = fc.array(
      fc.record({ step: fc.nat(), port: fc.string(), bytes: fc.uint8Array() }, { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(entries, (unordered) => {
        const log = new InputLog(unordered.toSorted((left, right) => left.step - right.step));
        const text = JSON.stringify(log.record());
        assert.deepEqual(InputLog.fromRecord(JSON.parse(text)).entries, log.entries);
      }),
    );
  });
});
