import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ns16550a } from '../../../src/machine/devices/ns16550a.ts';
import { ns16550aRegisters } from '../../../src/machine/devices/ns16550a-registers.ts';

const offset = { data: 0, ier: 1, iir: 2, fcr: 2, lcr: 3, mcr: 4, lsr: 5, msr: 6, scr: 7 };

describe('machine/devices/ns16550a', () => {
  it('sends what is written to THR', () => {
    const { uart, sent } = wire();
    for (const byte of 'ok\n') uart.store(offset.data, 1, BigInt(byte.charCodeAt(0)));
    assert.equal(String.fromCharCode(...sent), 'ok\n');
  });

  it('shows after reset what the descriptions say', () => {
    const { uart } = wire();
    for (const register of ns16550aRegisters)
      assert.equal(uart.peek(register), register.reset, register.name);
  });

  it('reaches the divisor latch only while LCR.DLAB is set', () => {
    const { uart, sent } = wire();
    uart.store(offset.lcr, 1, 0x83n);
    uart.store(offset.data, 1, 0x34n);
    uart.store(offset.ier, 1, 0x12n);
    assert.deepEqual(
      [uart.load(0, 1), uart.load(1, 1), uart.registerAt(0, 'read')?.name],
      [0x34n, 0x12n, 'DLL'],
    );
    uart.store(offset.lcr, 1, 0x03n);
    assert.deepEqual([uart.load(1, 1), sent, uart.registerAt(0, 'read')?.name], [0n, [], 'RBR']);
  });

  it('raises "data available" while there is data, and lowers the line with the last byte', () => {
    const { uart, line } = wire();
    uart.store(offset.ier, 1, 1n);
    assert.equal(line(), false);
    uart.receive(Uint8Array.of(0x61, 0x62));
    assert.equal(line(), true);
    assert.equal(uart.load(offset.iir, 1), 0x04n);
    assert.equal(uart.load(offset.data, 1), 0x61n);
    assert.equal(line(), true);
    assert.equal(uart.load(offset.data, 1), 0x62n);
    assert.equal(line(), false);
    assert.equal(uart.load(offset.lsr, 1), 0x60n);
  });

  it('tells a full trigger level from a time-out', () => {
    const { uart } = wire();
    uart.store(offset.ier, 1, 1n);
    uart.store(offset.fcr, 1, 0x41n);
    uart.receive(Uint8Array.of(1, 2, 3));
    assert.equal(uart.load(offset.iir, 1), 0xccn);
    uart.receive(Uint8Array.of(4));
    assert.equal(uart.load(offset.iir, 1), 0xc4n);
  });

  it('acknowledges "transmitter empty" by reading IIR', () => {
    const { uart, line } = wire();
    uart.store(offset.ier, 1, 2n);
    assert.equal(line(), true);
    assert.equal(uart.load(offset.iir, 1), 0x02n);
    assert.equal(line(), false);
    assert.equal(uart.load(offset.iir, 1), 0x01n);
    uart.store(offset.data, 1, 0x41n);
    assert.equal(line(), true);
  });

  it('receives what it sends, and mirrors the modem lines, in loopback', () => {
    const { uart, sent } = wire();
    uart.store(offset.mcr, 1, 0x1an);
    uart.store(offset.data, 1, 0x55n);
    assert.deepEqual([sent, uart.load(offset.data, 1)], [[], 0x55n]);
    assert.equal((uart.load(offset.msr, 1) ?? 0n) & 0xf0n, 0x90n);
    uart.store(offset.data, 1, 1n);
    uart.store(offset.data, 1, 2n);
    assert.equal(uart.load(offset.lsr, 1), 0x63n, 'overrun');
    assert.equal(uart.load(offset.lsr, 1), 0x61n);
  });

  it('tells whether software listens: by interrupt, or by looking again and again with nothing sent', () => {
    const { uart } = wire();
    for (let character = 0; character < 100; character++) {
      uart.load(offset.lsr, 1);
      uart.load(offset.lsr, 1);
      assert.equal(uart.isListening, false);
      uart.store(offset.data, 1, 0x41n);
    }
    for (let poll = 0; poll < 16; poll++) uart.load(offset.lsr, 1);
    assert.equal(uart.isListening, true);
    uart.store(offset.fcr, 1, 3n);
    assert.equal(uart.isListening, false, 'a driver starts');
    for (let poll = 0; poll < 16; poll++) assert.equal(uart.take(), undefined);
    assert.equal(uart.isListening, true, 'firmware looks for somebody');
    uart.store(offset.data, 1, 0x41n);
    uart.store(offset.ier, 1, 1n);
    assert.equal(uart.isListening, true);
  });

  it('never changes when looked at', () => {
    const { uart } = wire();
    uart.store(offset.ier, 1, 3n);
    uart.receive(Uint8Array.of(7, 8));
    const before = uart.save();
    for (const register of uart.registers) uart.peek(register);
    assert.deepEqual(uart.save(), before);
  });

  it('takes an access of any width as one to the register there, and faults where it has none', () => {
    const { uart, sent } = wire();
    assert.equal(uart.store(offset.data, 4, 0x1234_5641n), true);
    assert.deepEqual(sent, [0x41]);
    assert.equal(uart.load(5, 2), undefined);
    assert.equal(uart.load(8, 1), undefined);
    assert.equal(uart.store(8, 1, 0n), false);
  });

  it('behaves the same after save and restore, whatever came before', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('store' as const), at: fc.nat(7), value: fc.nat(255) }),
      fc.record({ kind: fc.constant('load' as const), at: fc.nat(7) }),
      fc.record({ kind: fc.constant('receive' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, after) => {
        const [one, two] = [wire(), wire()];
        run(one.uart, before);
        two.uart.restore(one.uart.save());
        const from = one.sent.length;
        assert.deepEqual(run(one.uart, after), run(two.uart, after));
        assert.deepEqual(one.sent.slice(from), two.sent);
        assert.deepEqual(one.uart.save(), two.uart.save());
      }),
    );
    function run(uart: Ns16550a, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
      return steps.map((s) => {
        if (s.kind === 'load') return uart.load(s.at, 1);
        if (s.kind === 'store') return uart.store(s.at, 1, BigInt(s.value));
        return uart.receive(s.bytes);
      });
    }
  });

  it('loses no byte of a long input', () => {
    const { uart } = wire();
    uart.store(offset.fcr, 1, 1n);
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index & 0xff);
    uart.receive(bytes);
    const read: number[] = [];
    while ((uart.load(offset.lsr, 1) ?? 0n) & 1n) read.push(Number(uart.load(offset.data, 1)));
    assert.deepEqual(Uint8Array.from(read), bytes);
    assert.equal(uart.take(), undefined);
  });
});

function wire() {
  const sent: number[] = [];
  let raised = false;
  const uart = new Ns16550a({
    interrupt: (value) => (raised = value),
    output: (byte) => sent.push(byte),
  });
  return { uart, sent, line: () => raised };
}
