import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherTypes, formatEthernet, parseEthernet } from './ethernet.ts';
import { icmpError } from './icmp-error.ts';
import { icmpV6Error } from './icmpv6-error.ts';
import { formatIpv6, ipv6Bytes, linkLocalAddress, parseIpv6 } from './ipv6.ts';

const voice = { mac: 0x0257_0100_0001n, receiverMac: 0x0257_0000_0001n, mtu: 1442 };
const source = 0x2001_0db8n << 96n;

function frame(
  packet: { source?: bigint; destination?: bigint; nextHeader?: number; payload?: Buffer } = {},
) {
  return formatEthernet({
    destination: voice.mac,
    source: 2n,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source,
      destination: source + 9n,
      nextHeader: 17,
      hopLimit: 1,
      payload: Buffer.alloc(1400),
      ...packet,
    }),
  });
}

describe('an error of ICMPv6', () => {
  it('tells the sender why, from the router of the link, and quotes what fits', () => {
    for (const [kind, type, mtu] of [
      ['time-exceeded', 3, 0],
      ['packet-too-large', 2, 1442],
    ] as const) {
      const answer = icmpV6Error(frame(), voice, kind);
      assert.ok(answer);
      assert.deepEqual(
        [parseEthernet(answer).destination, parseEthernet(answer).source],
        [voice.receiverMac, voice.mac],
      );
      const packet = parseIpv6(answer);
      assert.deepEqual([packet.source, packet.destination], [linkLocalAddress(voice.mac), source]);
      assert.deepEqual([packet.payload.readUInt8(0), packet.payload.readUInt8(1)], [type, 0]);
      assert.equal(packet.payload.readUInt32BE(4), mtu);
      assert.equal(40 + packet.payload.length, 1280);
      assert.deepEqual(packet.payload.subarray(8, 48), frame().subarray(14, 54));
    }
  });

  it('comes from the address that the flow gives, if it gives one', () => {
    const answer = icmpV6Error(frame(), { ...voice, ipv6Address: source + 9n }, 'packet-too-large');
    assert.ok(answer);
    assert.equal(parseIpv6(answer).source, source + 9n);
    const payload = Buffer.alloc(18);
    payload.writeUIntBE(Number(voice.mac), 4, 6);
    const given = Buffer.concat([payload, ipv6Bytes(source + 9n)]);
    for (const [text, expected] of [
      [payload, linkLocalAddress(voice.mac)],
      [given, source + 9n],
    ] as const) {
      const told = icmpError(frame(), text, 'packet-too-large');
      assert.ok(told);
      assert.equal(parseIpv6(told).source, expected);
    }
  });

  it('is not about errors, nobody, or groups', () => {
    const unreachable = frame({ nextHeader: 58, payload: Buffer.from('0100000000000000', 'hex') });
    const echo = frame({ nextHeader: 58, payload: Buffer.from('8000000000000000', 'hex') });
    assert.equal(icmpV6Error(unreachable, voice, 'time-exceeded'), undefined);
    assert.ok(icmpV6Error(echo, voice, 'time-exceeded'));
    assert.equal(icmpV6Error(frame({ source: 0n }), voice, 'time-exceeded'), undefined);
    const group = frame({ destination: 0xff0en << 112n });
    assert.equal(icmpV6Error(group, voice, 'time-exceeded'), undefined);
    assert.ok(icmpV6Error(group, voice, 'packet-too-large'));
    assert.throws(() => icmpV6Error(Buffer.alloc(20), voice, 'time-exceeded'), { code: 'malformed-packet' });
  });
});
