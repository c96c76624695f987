import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import { networkPlan } from '../../../src/machine/network/gateway.ts';
import type { Ipv4Packet } from '../../../src/machine/network/ipv4.ts';
import type { TcpConnection, TcpService } from '../../../src/machine/network/tcp-connection.ts';
import { TcpEndpoint } from '../../../src/machine/network/tcp-endpoint.ts';
import {
  packetOfSegment,
  parseSegment,
  type TcpEnds,
  type TcpSegment,
} from '../../../src/machine/network/tcp-segment.ts';
import { guestAddress, Lan } from './lan.ts';

const ends: TcpEnds = {
  nearAddress: guestAddress,
  nearPort: 40_000,
  farAddress: networkPlan.gateway,
  farPort: 80,
};
const nothing = new Uint8Array();

/** A guest that sends the segments it is told to, and takes what comes back. */
class RawGuest {
  readonly lan = new Lan({
    web: memoryFolder({ 'a.txt': 'hello\n', big: Uint8Array.from({ length: 100_000 }, (_, at) => at % 251) }),
  });
  sequence = 1000;
  acknowledged = 0;
  /** Payload that came in order. */
  text = '';

  send(segment: Partial<TcpSegment>): readonly TcpSegment[] {
    const whole: TcpSegment = {
      sequence: this.sequence,
      acknowledged: this.acknowledged,
      synchronize: false,
      finish: false,
      reset: false,
      window: 65_535,
      segmentSize: 1460,
      payload: nothing,
      ...segment,
    };
    return this.lan.exchange(packetOfSegment(ends, whole)).flatMap((packet) => {
      const parsed = parseSegment(packet);
      return parsed ? [parsed.segment] : [];
    });
  }

  open(window = 65_535): void {
    const [answer] = this.send({ synchronize: true, acknowledged: undefined, window });
    assert.equal(answer?.synchronize, true);
    assert.equal(answer.acknowledged, 1001);
    assert.equal(answer.segmentSize, 1460);
    this.sequence = 1001;
    this.acknowledged = (answer.sequence + 1) >>> 0;
    assert.deepEqual(this.send({ window }), []);
  }

  /** Sends bytes in order; keeps what comes back in order, without acknowledging it. */
  say(text: string, window = 65_535): readonly TcpSegment[] {
    const answers = this.send({ payload: Buffer.from(text), window });
    this.sequence += text.length;
    this.take(answers);
    return answers;
  }

  take(segments: readonly TcpSegment[]): void {
    for (const { sequence, payload, finish } of segments) {
      assert.equal(sequence, this.acknowledged);
      this.text += Buffer.from(payload).toString('latin1');
      this.acknowledged = (this.acknowledged + payload.length + (finish ? 1 : 0)) >>> 0;
    }
  }
}

describe('machine/network/tcp', () => {
  it('opens, serves, and closes when both sides have finished', () => {
    const guest = new RawGuest();
    guest.open();
    const answers = guest.say('GET /a.txt HTTP/1.1\r\n\r\n');
    assert.match(guest.text, /^HTTP\/1.1 200 OK\r\n[\s\S]*Content-Length: 6\r\n\r\nhello\n$/);
    assert.equal(answers.at(-1)?.finish, true);
    const [last] = guest.send({ finish: true });
    assert.equal(last?.acknowledged, guest.sequence + 1);
    assert.equal(guest.lan.network.gateway.tcp.connections.length, 0);
  });

  it('refuses a call to a port where nobody is, and a segment of no connection', () => {
    const guest = new RawGuest();
    const [noConnection] = guest.send({ acknowledged: 77, payload: Uint8Array.of(1) });
    assert.deepEqual([noConnection?.reset, noConnection?.sequence], [true, 77]);
    const packet = packetOfSegment(
      { ...ends, farPort: 81 },
      { ...blank, synchronize: true, acknowledged: undefined, sequence: 5 },
    );
    const [refusal] = guest.lan.exchange(packet).map((each) => parseSegment(each)?.segment);
    assert.deepEqual([refusal?.reset, refusal?.acknowledged], [true, 6]);
  });

  it('answers a repeated SYN as the first', () => {
    const guest = new RawGuest();
    const [first] = guest.send({ synchronize: true, acknowledged: undefined });
    const [second] = guest.send({ synchronize: true, acknowledged: undefined });
    assert.deepEqual(second, first);
  });

  it('puts what comes out of order in order, and takes nothing twice', () => {
    const guest = new RawGuest();
    guest.open();
    const request = 'GET /a.txt HTTP/1.0\r\nHost: gateway\r\n\r\n';
    const part = (from: number, to: number): Partial<TcpSegment> => ({
      sequence: 1001 + from,
      payload: Buffer.from(request.slice(from, to)),
    });
    for (const [from, to] of [
      [20, request.length],
      [10, 22],
      [5, 12],
    ] as const) {
      const [answer] = guest.send(part(from, to));
      assert.equal(answer?.acknowledged, 1001, 'it asks for what is missing');
    }
    guest.sequence = 1001;
    guest.take(guest.send(part(0, 7)));
    assert.match(guest.text, /hello\n$/);
    const [again] = guest.send(part(0, 7));
    assert.equal(again?.acknowledged, 1001 + request.length);
  });

  it('sends no more than the guest takes, and goes on when it takes more', () => {
    const guest = new RawGuest();
    guest.open(3000);
    guest.say('GET /big HTTP/1.0\r\n\r\n', 3000);
    assert.ok(guest.text.length <= 3000);
    while (guest.text.length < 100_000) {
      const before = guest.text.length;
      guest.take(guest.send({ window: 3000 }));
      assert.ok(guest.text.length - before <= 3000);
      assert.ok(guest.text.length > before);
    }
    const body = Buffer.from(guest.text.slice(guest.text.indexOf('\r\n\r\n') + 4), 'latin1');
    assert.deepEqual(
      new Uint8Array(body),
      Uint8Array.from({ length: 100_000 }, (_, at) => at % 251),
    );
  });

  it('waits while the window is shut', () => {
    const guest = new RawGuest();
    guest.open(0);
    guest.say('GET /a.txt HTTP/1.0\r\n\r\n', 0);
    assert.equal(guest.text, '');
    guest.take(guest.send({ window: 100 }));
    assert.ok(guest.text.length > 0);
  });

  it('sends again what the guest asks for three times', () => {
    const guest = new RawGuest();
    guest.open();
    guest.send({ payload: Buffer.from('GET /big HTTP/1.0\r\n\r\n') });
    guest.sequence += 'GET /big HTTP/1.0\r\n\r\n'.length;
    assert.deepEqual(guest.send({}), []);
    assert.deepEqual(guest.send({}), []);
    const [again] = guest.send({});
    assert.equal(again?.sequence, guest.acknowledged);
    assert.equal(again.payload.length, 1460);
  });

  it('is broken off by a RST with the very next number, and by no other', () => {
    const guest = new RawGuest();
    guest.open();
    const { tcp } = guest.lan.network.gateway;
    const [challenge] = guest.send({ reset: true, sequence: 1005 });
    assert.deepEqual([challenge?.reset, challenge?.acknowledged], [false, 1001]);
    assert.equal(tcp.connections.length, 1);
    assert.deepEqual(guest.send({ reset: true }), []);
    assert.equal(tcp.connections.length, 0);
  });

  it('says nothing to segments outside the window but what it expects', () => {
    const guest = new RawGuest();
    guest.open();
    const [answer] = guest.send({ sequence: 1001 + 70_000, payload: Uint8Array.of(1) });
    assert.deepEqual([answer?.acknowledged, answer?.payload.length], [1001, 0]);
    assert.deepEqual(guest.send({ sequence: 1001 + 70_000, reset: true }), []);
    const [future] = guest.send({ acknowledged: guest.acknowledged + 9000 });
    assert.equal(future?.acknowledged, 1001);
  });

  it('carries any bytes both ways between two of its kind, in any pieces', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5000 }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, pieces, fc.boolean(), (there, back, restores) => {
        const { calling, answering, deliver } = pair(restores);
        calling.endpoint.call({ farAddress: 1, farPort: 2 }, 3, calling);
        deliver();
        calling.say(there);
        answering.say(back);
        deliver();
        assert.deepEqual(
          answering.bytes,
          there.flatMap((bytes) => [...bytes]),
        );
        assert.deepEqual(
          calling.bytes,
          back.flatMap((bytes) => [...bytes]),
        );
        assert.deepEqual([calling.isFinished, answering.isFinished], [true, true]);
        assert.deepEqual(
          [calling.endpoint.connections.length, answering.endpoint.connections.length],
          [0, 0],
        );
      }),
      { numRuns: 100 },
    );
  });
});

const blank: TcpSegment = {
  sequence: 0,
  acknowledged: 0,
  synchronize: false,
  finish: false,
  reset: false,
  window: 1000,
  segmentSize: 1460,
  payload: nothing,
};

/** A host with a service that only notes what it gets. */
class Host implements TcpService {
  readonly name = 'note';
  readonly bytes: number[] = [];
  readonly endpoint: TcpEndpoint;
  isFinished = false;

  constructor(send: (packet: Ipv4Packet) => void) {
    this.endpoint = new TcpEndpoint({ serviceAt: () => this, serviceNamed: () => this, send });
  }

  say(pieces: readonly Uint8Array[]): void {
    for (const connection of this.endpoint.connections) {
      for (const bytes of pieces) connection.write(bytes);
      connection.finish();
      this.endpoint.settle(connection);
    }
  }

  opened(): void {}

  received(_connection: TcpConnection, bytes: Uint8Array): void {
    this.bytes.push(...bytes);
  }

  finished(): void {
    this.isFinished = true;
  }

  broken(): void {
    assert.fail('nobody breaks it off');
  }
}

/** Two hosts on a wire; what they hold is saved and restored before every packet, if asked for. */
function pair(restores: boolean): {
  readonly calling: Host;
  readonly answering: Host;
  readonly deliver: () => void;
} {
  const wire: { readonly to: Host; readonly packet: Ipv4Packet }[] = [];
  const calling: Host = new Host((packet) => wire.push({ to: answering, packet }));
  const answering: Host = new Host((packet) => wire.push({ to: calling, packet }));
  const deliver = (): void => {
    for (let next = wire.shift(); next; next = wire.shift()) {
      if (restores) next.to.endpoint.restore(next.to.endpoint.save());
      next.to.endpoint.receive(next.packet);
    }
  };
  return { calling, answering, deliver };
}
