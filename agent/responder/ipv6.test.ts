import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../errors.ts';
import { internetChecksum } from './bytes.ts';
import { etherTypes, formatEthernet, parseEthernet } from './ethernet.ts';
import { formatIpv6, ipv6Bytes, linkLocalAddress, parseIpv6 } from './ipv6.ts';
import { advertisedNeighbour, advertiseRouter, formatNeighbourSolicitation } from './neighbour-discovery.ts';

const clientMac = 0x0257_0000_0001n;
const routerMac = 0x0257_0100_0001n;
const client = 0xfe80_0000_0000_0000_0057_00ff_fe00_0001n;
const router = '025701000001' + '05a2' + '40' + '20010db8000001000000000000000000';

const icmp = (source: bigint, payload: Buffer) =>
  formatEthernet({
    destination: 0x3333_0000_0002n,
    source: clientMac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source,
      destination: (0xff02n << 112n) | 2n,
      nextHeader: 58,
      hopLimit: 255,
      payload,
    }),
  });
const solicitation = (source: bigint) => icmp(source, Buffer.from('8500000000000000', 'hex'));

/** The checksum over pseudo header and payload is zero when it is right (RFC 1071). */
function assertChecksum(frame: Buffer): void {
  const { source, destination, nextHeader, payload } = parseIpv6(frame);
  const tail = Buffer.from([0, 0, 0, payload.length, 0, 0, 0, nextHeader]);
  assert.equal(internetChecksum(ipv6Bytes(source), ipv6Bytes(destination), tail, payload), 0);
}

describe('a router advertisement', () => {
  const answer = advertiseRouter(solicitation(client), Buffer.from(router, 'hex'));

  it('goes to who asked, from the router', () => {
    const ethernet = parseEthernet(answer);
    assert.deepEqual([ethernet.destination, ethernet.source], [clientMac, routerMac]);
    const packet = parseIpv6(answer);
    assert.deepEqual(
      [packet.source, packet.destination, packet.hopLimit],
      [linkLocalAddress(routerMac), client, 255],
    );
    assertChecksum(answer);
  });

  it('says that addresses come by DHCPv6, and what is on the link', () => {
    const { payload } = parseIpv6(answer);
    assert.equal(payload.readUInt8(0), 134);
    assert.equal(payload.subarray(4, 16).toString('hex'), '40c023280000000000000000');
    assert.equal(payload.subarray(16, 24).toString('hex'), '0101025701000001');
    assert.equal(payload.subarray(24, 32).toString('hex'), '05010000000005a2');
    assert.equal(
      payload.subarray(32).toString('hex'),
      '03044080000023280000232800000000' + '20010db8000001000000000000000000',
    );
  });

  it('ends with the options that the flow brings along', () => {
    const servers = '1903000000000708' + 'fd000ec2000000000000000000000253';
    const longer = advertiseRouter(solicitation(client), Buffer.from(router + servers, 'hex'));
    assert.equal(parseIpv6(longer).payload.subarray(64).toString('hex'), servers);
    assertChecksum(longer);
  });

  it('goes to everybody when who asked has no address', () => {
    const all = advertiseRouter(solicitation(0n), Buffer.from(router, 'hex'));
    assert.equal(parseEthernet(all).destination, 0x3333_0000_0001n);
    assert.equal(parseIpv6(all).destination, (0xff02n << 112n) | 1n);
  });

  it('answers nothing else', () => {
    const echo = icmp(client, Buffer.from('8000000000010001', 'hex'));
    assert.throws(() => advertiseRouter(echo, Buffer.from(router, 'hex')), { code: 'malformed-packet' });
    assert.throws(() => advertiseRouter(solicitation(client), Buffer.alloc(5)), { code: 'malformed-packet' });
  });
});

describe('neighbour discovery', () => {
  it('asks the group of the address for its MAC', () => {
    const target = 0x2001_0db8_0000_0000_0000_0000_0012_3456n;
    const frame = formatNeighbourSolicitation({ source: clientMac, sender: client, target });
    assert.equal(parseEthernet(frame).destination, 0x3333_ff12_3456n);
    const packet = parseIpv6(frame);
    assert.equal(packet.destination, (0xff02n << 112n) | 0x1_ff12_3456n);
    assert.equal(
      packet.payload.subarray(8).toString('hex'),
      `${ipv6Bytes(target).toString('hex')}0101025700000001`,
    );
    assertChecksum(frame);
  });

  it('reads whose MAC an advertisement tells', () => {
    const told = icmp(client, Buffer.concat([Buffer.from('8800000060000000', 'hex'), ipv6Bytes(77n)]));
    assert.equal(advertisedNeighbour(told), 77n);
    assert.throws(() => advertisedNeighbour(solicitation(client)), { code: 'malformed-packet' });
  });

  it('refuses every other frame in an orderly way', () => {
    const bytes = fc.uint8Array({ maxLength: 120 });
    fc.assert(
      fc.property(bytes, bytes, (frame, payload) => {
        for (const attempt of [
          () => advertisedNeighbour(Buffer.from(frame)),
          () => advertiseRouter(Buffer.from(frame), Buffer.from(payload)),
        ]) {
          assert.throws(attempt, AgentError);
        }
      }),
    );
  });
});
