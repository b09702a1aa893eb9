import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../errors.ts';
import { internetChecksum } from './bytes.ts';
import { etherTypes, formatEthernet, parseEthernet } from './ethernet.ts';
import { icmpError } from './icmp-error.ts';
import { formatUdp } from './udp.ts';

const vm = { address: 0x0a000104, mac: 0x025700000001n };
const router = { address: 0x0a000101, mac: 0x025701000001n };

/** Payload of the flow, field by field as the pipeline documents it. */
function voice(mtu = 0, receiver = 0n): Buffer {
  const payload = Buffer.alloc(18);
  payload.writeUInt32BE(router.address, 0);
  payload.writeUIntBE(Number(router.mac), 4, 6);
  payload.writeUIntBE(Number(receiver), 10, 6);
  payload.writeUInt16BE(mtu, 16);
  return payload;
}

interface Change {
  readonly source?: number;
  readonly destination?: number;
  readonly size?: number;
  readonly mend?: (ip: Buffer) => void;
}

function frameOf({ source = vm.address, destination = 0x0a000204, size = 40, mend }: Change = {}): Buffer {
  const payload = formatUdp({
    source,
    destination,
    sourcePort: 33434,
    destinationPort: 33435,
    payload: Buffer.alloc(size, 0xab),
  });
  mend?.(payload);
  return formatEthernet({ destination: router.mac, source: vm.mac, etherType: etherTypes.ipv4, payload });
}

function icmp(type: number): (ip: Buffer) => void {
  return (ip) => {
    ip.writeUInt8(1, 9);
    ip.writeUInt8(type, 20);
  };
}

describe('an ICMP error', () => {
  it('tells that the time to live is over, from the router to the sender, with the packet as it was', () => {
    const asked = frameOf();
    const answer = icmpError(asked, voice(), 'time-exceeded');
    assert.ok(answer);
    const { source, destination, payload } = parseEthernet(answer);
    assert.deepEqual([source, destination], [router.mac, vm.mac]);
    assert.deepEqual([payload.readUInt32BE(12), payload.readUInt32BE(16)], [router.address, vm.address]);
    assert.equal(internetChecksum(payload.subarray(0, 20)), 0);
    assert.equal(internetChecksum(payload.subarray(20, payload.readUInt16BE(2))), 0);
    assert.deepEqual([...payload.subarray(20, 22)], [11, 0]);
    assert.equal(payload.readUInt32BE(24), 0);
    assert.deepEqual(payload.subarray(28), asked.subarray(14));
  });

  it('tells the MTU of the way, to the MAC that the flow names', () => {
    const answer = icmpError(frameOf({ size: 1480 }), voice(1442, 0x02aan), 'packet-too-large');
    assert.ok(answer);
    const { destination, payload } = parseEthernet(answer);
    assert.equal(destination, 0x02aan);
    assert.deepEqual([...payload.subarray(20, 22)], [3, 4]);
    assert.deepEqual([payload.readUInt16BE(24), payload.readUInt16BE(26)], [0, 1442]);
    assert.equal(payload.length, 576, 'no more than every host takes');
  });

  it('does not quote what Ethernet has filled up', () => {
    const answer = icmpError(frameOf({ size: 1 }), voice(), 'time-exceeded');
    assert.equal(parseEthernet(answer as Buffer).payload.readUInt16BE(2), 28 + 29);
  });

  it('is sent about queries of ICMP, and never about errors, later fragments, groups or nobody', () => {
    const about = (change: Change) => icmpError(frameOf(change), voice(), 'time-exceeded') !== undefined;
    assert.ok(about({ mend: icmp(8) }) && about({ mend: icmp(0) }) && about({ mend: icmp(13) }));
    for (const type of [3, 4, 5, 11, 12, 41]) assert.ok(!about({ mend: icmp(type) }), `type ${type}`);
    assert.ok(about({ mend: (ip) => ip.writeUInt16BE(0x2000, 6) }), 'the first fragment');
    assert.ok(!about({ mend: (ip) => ip.writeUInt16BE(0x2001, 6) }), 'a later one');
    for (const destination of [0xe0000001, 0xffffffff, 0x7f000001, 0]) assert.ok(!about({ destination }));
    for (const source of [0, 0x7f000001, 0xe0000001, 0xffffffff]) assert.ok(!about({ source }));
  });

  it('comes of no bytes that are not a packet', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const position = fc.nat(frameOf().length - 1);
    const onlyAgentErrors = (frame: Buffer, payload: Buffer) => {
      try {
        icmpError(frame, payload, 'packet-too-large');
      } catch (error) {
        assert.ok(error instanceof AgentError && error.code === 'malformed-packet', String(error));
      }
    };
    fc.assert(fc.property(bytes, bytes, onlyAgentErrors));
    fc.assert(
      fc.property(position, fc.nat(255), position, (at, value, end) => {
        onlyAgentErrors(Buffer.from(frameOf().with(at, value)), voice());
        onlyAgentErrors(frameOf().subarray(0, end), voice());
        onlyAgentErrors(frameOf(), voice().subarray(0, end % 18));
      }),
    );
  });
});
