import assert from 'node:assert/strict';
import { networkPlan } from '../../../src/machine/network/gateway.ts';
import { protocol } from '../../../src/machine/network/ipv4.ts';
import {
  decodeInput,
  encodeInput,
  firstHostChannel,
  type OutsideInput,
  type OutsideMessage,
} from '../../../src/machine/network/outside.ts';
import type { TcpConnection, TcpService } from '../../../src/machine/network/tcp-connection.ts';
import { TcpEndpoint } from '../../../src/machine/network/tcp-endpoint.ts';
import { guestAddress, Lan } from './lan.ts';

/** A guest with a TCP of its own, on a network with a way out. */
class ConnectedGuest implements TcpService {
  readonly name = 'guest';
  readonly messages: OutsideMessage[] = [];
  readonly lan: Lan;
  readonly tcp: TcpEndpoint;
  heard = '';
  isFinished = false;
  isBroken = false;

  constructor({ listens = true } = {}) {
    this.lan = new Lan({
      outside: {
        targets: [{ guestPort: 22 }],
        services: [{ port: 9000 }],
        emit: (message) => this.messages.push(message),
      },
    });
    this.tcp = new TcpEndpoint({
      serviceAt: ({ nearPort }) => (listens && nearPort === 22 ? this : undefined),
      serviceNamed: () => this,
      send: (packet) => this.#take(this.lan.exchange(packet)),
    });
    // The gateway knows who has an address.
    this.lan.lease();
  }

  opened(): void {}

  received(_connection: TcpConnection, bytes: Uint8Array): void {
    this.heard += Buffer.from(bytes).toString();
  }

  finished(): void {
    this.isFinished = true;
  }

  broken(): void {
    this.isBroken = true;
  }

  fromHost(input: OutsideInput): void {
    this.lan.network.ports[0]?.receiveFromOutside(encodeInput(input));
    this.#take(this.lan.packets());
  }

  say(text: string): void {
    for (const connection of this.tcp.connections) connection.write(Buffer.from(text));
  }

  hangUp(): void {
    for (const connection of this.tcp.connections) connection.finish();
  }

  /** What left the machine, in words. */
  emitted(): readonly string[] {
    return this.messages.splice(0).map(({ channel, event }) => {
      const name = channel >= firstHostChannel ? `host ${channel - firstHostChannel}` : `guest ${channel}`;
      return event.kind === 'data'
        ? `${name}: ${Buffer.from(event.bytes).toString()}`
        : `${name} ${event.kind}`;
    });
  }

  #take(packets: ReturnType<Lan['packets']>): void {
    for (const packet of packets) if (packet.protocol === protocol.tcp) this.tcp.receive(packet);
  }
}

const channel = firstHostChannel + 5;

describe('machine/network/outside', () => {
  it('carries a call of the host to the guest, and both ways until both have finished', () => {
    const guest = new ConnectedGuest();
    guest.fromHost({ kind: 'call', channel, target: 0 });
    guest.fromHost({ kind: 'data', channel, bytes: Buffer.from('hello') });
    assert.equal(guest.heard, 'hello');
    guest.say('welcome');
    assert.deepEqual(guest.emitted(), ['host 5: welcome']);
    guest.fromHost({ kind: 'finish', channel });
    assert.equal(guest.isFinished, true);
    guest.hangUp();
    assert.deepEqual(guest.emitted(), ['host 5 finish']);
    assert.equal(guest.lan.network.gateway.tcp.connections.length, 0);
  });

  it('carries a call of the guest to a service of the host', () => {
    const guest = new ConnectedGuest();
    guest.tcp.call({ farAddress: networkPlan.gateway, farPort: 9000 }, guestAddress, guest);
    guest.say('GET');
    assert.deepEqual(guest.emitted(), ['guest 0 call', 'guest 0: GET']);
    guest.fromHost({ kind: 'data', channel: 0, bytes: Buffer.from('answer') });
    assert.equal(guest.heard, 'answer');
    guest.fromHost({ kind: 'break', channel: 0 });
    assert.equal(guest.isBroken, true);
  });

  it('tells the host that nobody answers, and that the guest broke it off', () => {
    const deaf = new ConnectedGuest({ listens: false });
    deaf.fromHost({ kind: 'call', channel, target: 0 });
    deaf.fromHost({ kind: 'call', channel: channel + 1, target: 7 });
    assert.deepEqual(deaf.emitted(), ['host 5 break', 'host 6 break']);
    const guest = new ConnectedGuest();
    guest.fromHost({ kind: 'call', channel, target: 0 });
    for (const connection of guest.tcp.connections) connection.abort();
    assert.deepEqual(guest.emitted(), ['host 5 break']);
  });

  it('comes back as it was saved, and numbers its messages on', () => {
    const guest = new ConnectedGuest();
    guest.fromHost({ kind: 'call', channel, target: 0 });
    guest.say('one');
    const { gateway } = guest.lan.network;
    const saved = gateway.save();
    guest.say('two');
    gateway.restore(saved);
    assert.deepEqual(gateway.save(), saved);
    assert.deepEqual(
      guest.messages.map(({ number }) => number),
      [0, 1],
    );
    guest.fromHost({ kind: 'call', channel: channel + 1, target: 9 });
    assert.equal(guest.messages.at(-1)?.number, 1);
  });

  it('reads what it wrote, and ignores what is nothing', () => {
    const inputs: readonly OutsideInput[] = [
      { kind: 'call', channel, target: 3 },
      { kind: 'data', channel: 1, bytes: Uint8Array.of(1, 2) },
      { kind: 'finish', channel: 2 },
      { kind: 'break', channel: 0xffff_ffff },
    ];
    for (const input of inputs) assert.deepEqual(decodeInput(encodeInput(input)), input);
    for (const bytes of [[], [0, 0, 0], [9, 0, 0, 0, 1]])
      assert.equal(decodeInput(Uint8Array.from(bytes)), undefined);
  });
});
