import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import { arpOf, parseArp } from '../../../src/machine/network/arp.ts';
import {
  broadcastMac,
  etherType,
  formatIpv4,
  frameOf,
  parseFrame,
} from '../../../src/machine/network/ethernet.ts';
import { networkPlan } from '../../../src/machine/network/gateway.ts';
import { internetChecksum, protocol } from '../../../src/machine/network/ipv4.ts';
import { address, firstMac, guestAddress, Lan } from './lan.ts';

const { gateway, nameServer, gatewayMac } = networkPlan;

describe('machine/network/gateway', () => {
  it('says that it has the addresses of the gateway and of the name server, and no others', () => {
    const lan = new Lan();
    const ask = (targetAddress: number): readonly (number | undefined)[] => {
      const payload = arpOf({
        operation: 'request',
        senderMac: firstMac,
        senderAddress: guestAddress,
        targetMac: 0,
        targetAddress,
      });
      lan.send(frameOf({ destination: broadcastMac, source: firstMac, type: etherType.arp, payload }));
      return lan.take().map((frame) => parseArp(parseFrame(frame)?.payload ?? new Uint8Array())?.senderMac);
    };
    assert.deepEqual(ask(gateway), [gatewayMac]);
    assert.deepEqual(ask(nameServer), [gatewayMac]);
    assert.deepEqual(ask(address('10.0.2.77')), []);
    assert.deepEqual(ask(guestAddress), []);
  });

  it('answers an echo request with what was in it, and none that is damaged', () => {
    const echo = Uint8Array.of(8, 0, 0, 0, 0, 7, 0, 1, 65, 66, 67);
    const sum = internetChecksum(echo);
    echo.set([sum >>> 8, sum & 0xff], 2);
    const packet = { source: guestAddress, destination: gateway, protocol: protocol.icmp, payload: echo };
    const [reply] = new Lan().exchange(packet);
    assert.equal(reply?.source, gateway);
    assert.equal(reply.destination, guestAddress);
    assert.deepEqual(
      [...reply.payload.subarray(0, 2), ...reply.payload.subarray(4)],
      [0, 0, 0, 7, 0, 1, 65, 66, 67],
    );
    assert.equal(internetChecksum(reply.payload), 0);
    echo[9] = 0;
    assert.deepEqual(new Lan().exchange(packet), []);
  });

  it('says that there is no network beyond it, and nobody at a port', () => {
    const lan = new Lan();
    const datagram = {
      source: guestAddress,
      sourcePort: 1000,
      destinationPort: 9,
      payload: Uint8Array.of(1),
    };
    const refusal = (destination: number): readonly number[] => {
      const [packet] = lan.exchange({
        source: guestAddress,
        destination,
        protocol: protocol.udp,
        payload: Uint8Array.of(3, 232, 0, 9, 0, 9, 0, 0, 1),
      });
      assert.equal(packet?.protocol, protocol.icmp);
      return [...packet.payload.subarray(0, 2)];
    };
    assert.deepEqual(refusal(address('8.8.8.8')), [3, 0]);
    assert.deepEqual(refusal(gateway), [3, 3]);
    assert.deepEqual(lan.ask({ ...datagram, destination: address('224.0.0.1') }), []);
    assert.deepEqual(lan.ask({ ...datagram, destination: address('10.0.2.200') }), []);
  });

  it('hands out addresses, each client its own, and the same again', () => {
    const lan = new Lan({ stations: 2 });
    const lease = (station: number, type: number, options: readonly number[] = []): string => {
      const [answer] = lan.ask(dhcp(firstMac + station, type, options), station);
      const given = new DataView(answer?.payload.slice(16, 20).buffer ?? new ArrayBuffer(4)).getUint32(0);
      return `${answer?.payload[242]} ${formatIpv4(given)}`;
    };
    assert.equal(lease(0, 1), '2 10.0.2.15');
    assert.equal(lease(1, 1), '2 10.0.2.16');
    assert.equal(lease(0, 3, [50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2]), '5 10.0.2.15');
    assert.equal(lease(0, 1), '2 10.0.2.15');
    // Somebody else's address is refused, and another server's client is left alone.
    assert.equal(lease(0, 3, [50, 4, 10, 0, 2, 16]), '6 0.0.0.0');
    assert.equal(lan.ask(dhcp(firstMac, 3, [50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 9])).length, 0);
  });

  it('knows the names of its own stations and of guests, and that there are no others', () => {
    const lan = new Lan({ stations: 2 });
    lan.ask(dhcp(firstMac + 1, 1), 1);
    const look = (name: string, type = 1): string => {
      const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
      const payload = Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1);
      const [answer] = lan.ask({
        source: guestAddress,
        sourcePort: 4000,
        destination: nameServer,
        destinationPort: 53,
        payload,
      });
      assert.equal(answer?.payload[0], 0x12);
      const code = (answer.payload[3] ?? 0) & 15;
      return answer.payload[7] === 1
        ? formatIpv4(Buffer.from(answer.payload.slice(-4)).readUInt32BE())
        : `${code}`;
    };
    assert.equal(look('gateway'), '10.0.2.2');
    assert.equal(look('Gateway.strata'), '10.0.2.2');
    assert.equal(look('gateway.strata', 28), '0');
    assert.equal(look('dns.strata'), '10.0.2.3');
    assert.equal(look('g1'), '10.0.2.15');
    assert.equal(look('g0'), '3');
    assert.equal(look('example.org'), '3');
  });

  it('hands out files by TFTP, in blocks of the size that is asked for', () => {
    const content = Uint8Array.from({ length: 3000 }, (_, index) => index * 7);
    const lan = new Lan({ web: memoryFolder({ 'boot/kernel': content }) });
    const read = (path: string, ...options: readonly string[]): Uint8Array | string => {
      const text = Buffer.from([path, 'octet', ...options, ''].join('\0'));
      let message: Uint8Array = Uint8Array.of(0, 1, ...text);
      let port = 69;
      const bytes: number[] = [];
      for (;;) {
        const [answer] = lan.ask({
          source: guestAddress,
          sourcePort: 2000,
          destination: gateway,
          destinationPort: port,
          payload: message,
        });
        if (answer === undefined) return Uint8Array.from(bytes);
        port = answer.sourcePort;
        if (answer.payload[1] === 5) return Buffer.from(answer.payload.subarray(4, -1)).toString();
        if (answer.payload[1] === 6) message = Uint8Array.of(0, 4, 0, 0);
        else {
          bytes.push(...answer.payload.subarray(4));
          message = Uint8Array.of(0, 4, ...answer.payload.subarray(2, 4));
        }
      }
    };
    assert.deepEqual(read('boot/kernel'), content);
    assert.deepEqual(read('boot/kernel', 'blksize', '1000', 'tsize', '0'), content);
    assert.equal(read('boot/initrd'), 'File not found');
    assert.equal(read('../etc/passwd'), 'File not found');
  });

  it('takes any frame', () => {
    const lan = new Lan({ stations: 2 });
    const bytes = fc.uint8Array({ maxLength: 80 });
    const types = fc.constantFrom(etherType.arp, etherType.ipv4, 0x86dd);
    fc.assert(
      fc.property(bytes, types, fc.boolean(), (payload, type, isIpv4) => {
        const frame = frameOf({ destination: gatewayMac, source: firstMac, type, payload });
        if (isIpv4) patchHeader(frame);
        lan.send(frame);
        lan.send(payload.subarray(0, 13));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Makes an IPv4 header right, so that what comes after it is looked at. */
function patchHeader(frame: Uint8Array): void {
  if (frame.length < 34) return;
  const view = new DataView(frame.buffer);
  view.setUint8(14, 0x45);
  view.setUint16(16, frame.length - 14);
  view.setUint16(20, 0);
  view.setUint8(23, [1, 6, 17][view.getUint8(23) % 3] ?? 1);
  view.setUint32(30, gateway);
  view.setUint16(24, 0);
  view.setUint16(24, internetChecksum(frame.subarray(14, 34)));
}

/** A client's message (RFC 2131). */
function dhcp(mac: number, type: number, options: readonly number[] = []): Parameters<Lan['ask']>[0] {
  const payload = new Uint8Array(300);
  payload.set([1, 1, 6, 0]);
  const view = new DataView(payload.buffer);
  view.setUint16(28, Math.floor(mac / 2 ** 32));
  view.setUint32(30, mac % 2 ** 32);
  view.setUint32(236, 0x6382_5363);
  payload.set([53, 1, type, ...options, 255], 240);
  return { source: 0, sourcePort: 68, destination: address('255.255.255.255'), destinationPort: 67, payload };
}
