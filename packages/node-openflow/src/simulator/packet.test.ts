import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SimulationError } from './errors.ts';
import { packet } from './packet.ts';
import { decodePacket } from './packet-decode.ts';
import { encodePacket } from './packet-encode.ts';
import { randomArrival } from './random-packets.test-generators.ts';
import { simulate, tcp } from './simulate.test-support.ts';

describe('packets as bytes', () => {
  it('are read as what was written', () => {
    fc.assert(
      fc.property(randomArrival(true), ({ packet: sent }) => {
        const bytes = encodePacket(sent);
        assert.equal(bytes.length, sent.length);
        const read = decodePacket(bytes);
        assert.deepEqual(new Map([...read.fields].sort()), new Map([...sent.fields].sort()));
        assert.equal(read.length, sent.length);
        assert.deepEqual(encodePacket(read), bytes);
      }),
    );
  });

  it('have the checksums of RFC 1071', () => {
    // An IPv4 header whose words add up to 0xffff with the checksum in them.
    const bytes = encodePacket(
      packet.udp({ src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 1, destinationPort: 2 }),
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let sum = 0;
    for (let i = 14; i < 34; i += 2) sum += view.getUint16(i);
    assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
  });

  it('carry the packet that an ICMP error is about', () => {
    const error = packet.icmpError({ src: '10.0.0.2', dst: '10.0.0.1', inner: tcp() });
    const inner = decodePacket(encodePacket(error)).inner;
    assert.equal(inner?.fields.get('tcp_dst'), 80);
    assert.equal(inner?.fields.get('ipv4_src'), 0x0a000001);
  });

  it('carry neighbour discovery', () => {
    const options = { src: 'fe80::1', dst: 'ff02::1', target: 'fe80::2', linkLayer: '02:00:00:00:00:09' };
    for (const sent of [packet.neighbourSolicitation(options), packet.neighbourAdvertisement(options)]) {
      assert.deepEqual(decodePacket(encodePacket(sent)), sent);
    }
  });

  it('may have two VLAN headers', () => {
    const vlans = [
      { ethertype: 0x88a8, tci: 0x1005 },
      { ethertype: 0x8100, tci: 0x1006 },
    ];
    const sent = { ...tcp({ vlan: 5 }), vlans, length: 62 };
    assert.deepEqual(decodePacket(encodePacket(sent)).vlans, vlans);
  });
});

describe('packets that contradict themselves', () => {
  it('are refused', () => {
    const refused = (make: () => unknown) =>
      assert.throws(
        make,
        (error) => error instanceof SimulationError && error.code === 'SIMULATION_BAD_PACKET',
      );
    refused(() => packet.ping({ src: '10.0.0.1', dst: 'fd00::1' }));
    refused(() => simulate([]).inject(packet.with(tcp(), { ipv6_src: 1n }), { inPort: 1 }));
    refused(() => simulate([]).inject(packet.with(tcp(), { tcp_dst: 65536 }), { inPort: 1 }));
  });
});
