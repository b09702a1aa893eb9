import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../../errors.ts';
import { etherTypes, formatEthernet, parseEthernet } from '../ethernet.ts';
import { formatIpv6, linkLocalAddress, parseIpv6 } from '../ipv6.ts';
import { answerDhcpV6 } from './answer.ts';
import {
  addressOption,
  formatOptions,
  type Option,
  optionCodes,
  parseAssociation,
  parseRequest,
} from './message.ts';

const clientMac = 0x0257_0000_0001n;
const serverMac = 0x0257_0100_0001n;
const address = 0x2001_0db8_0000_0100_0000_0000_0000_0004n;
const leaseOf = (preferred: string, options = '') =>
  Buffer.from(`025701000001${preferred}01${address.toString(16).padStart(32, '0')}${options}`, 'hex');
const lease = leaseOf('00000e10');
const identifier: Option = [optionCodes.clientIdentifier, Buffer.from('00030001025700000001', 'hex')];
const server: Option = [optionCodes.serverIdentifier, Buffer.from('00030001025701000001', 'hex')];
const wanted = (...addresses: bigint[]): Option => [
  optionCodes.addressAssociation,
  Buffer.concat([
    Buffer.from('000000010000000000000000', 'hex'),
    formatOptions(addresses.map((one) => addressOption(one, 0, 0))),
  ]),
];

function message(type: number, ...options: Option[]): Buffer {
  const content = Buffer.concat([Uint8Array.of(type, 1, 2, 3), formatOptions(options)]);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(546, 0);
  udp.writeUInt16BE(547, 2);
  udp.writeUInt16BE(8 + content.length, 4);
  return formatEthernet({
    destination: 0x3333_0001_0002n,
    source: clientMac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: linkLocalAddress(clientMac),
      destination: (0xff02n << 112n) | 0x1_0002n,
      nextHeader: 17,
      hopLimit: 1,
      payload: Buffer.concat([udp, content]),
    }),
  });
}

/** Type and options of the answer. */
function answerTo(type: number, ...options: Option[]) {
  const outcome = answerDhcpV6(message(type, ...options), lease);
  if (outcome.type !== 'answer') return { silence: outcome.reason };
  const ethernet = parseEthernet(outcome.frame);
  assert.deepEqual([ethernet.destination, ethernet.source], [clientMac, serverMac]);
  const packet = parseIpv6(outcome.frame);
  assert.deepEqual(
    [packet.source, packet.destination],
    [linkLocalAddress(serverMac), linkLocalAddress(clientMac)],
  );
  assert.deepEqual([packet.payload.readUInt16BE(0), packet.payload.readUInt16BE(2)], [547, 546]);
  const answer = parseRequest(packet.payload.subarray(8));
  assert.deepEqual([...answer.transaction], [1, 2, 3]);
  const found = (code: number) => answer.options.find(([other]) => other === code)?.[1];
  assert.deepEqual(found(optionCodes.serverIdentifier), server[1]);
  const association = found(optionCodes.addressAssociation);
  return {
    type: answer.type,
    client: found(optionCodes.clientIdentifier)?.equals(identifier[1]),
    addresses: association && parseAssociation(association).addresses,
    valid: association?.subarray(12 + 4 + 20, 12 + 4 + 24).readUInt32BE(0),
    status: found(optionCodes.statusCode)?.readUInt16BE(0),
  };
}

describe('DHCPv6', () => {
  it('offers its addresses, and gives them', () => {
    const given = { client: true, addresses: [address], valid: 7200, status: undefined };
    assert.deepEqual(answerTo(1, identifier, wanted()), { type: 2, ...given });
    assert.deepEqual(answerTo(1, identifier, wanted(), [optionCodes.rapidCommit, Buffer.alloc(0)]), {
      type: 7,
      ...given,
    });
    assert.deepEqual(answerTo(3, identifier, server, wanted(address)), { type: 7, ...given });
    assert.deepEqual(answerTo(5, identifier, server, wanted(address)), { type: 7, ...given });
    assert.deepEqual(answerTo(6, identifier, wanted(address)), { type: 7, ...given });
  });

  it('lends for the time that the flow says, and tells its options', () => {
    const servers: Option = [23, Buffer.from('fd000ec2000000000000000000000253', 'hex')];
    const other = leaseOf('0000008c', formatOptions([servers]).toString('hex'));
    for (const type of [1, 3, 11]) {
      const named = type === 3 ? [server] : [];
      const outcome = answerDhcpV6(message(type, identifier, ...named, wanted()), other);
      assert.ok(outcome.type === 'answer');
      const { options } = parseRequest(parseIpv6(outcome.frame).payload.subarray(8));
      assert.deepEqual(options.find(([code]) => code === 23)?.[1], servers[1]);
      const association = options.find(([code]) => code === optionCodes.addressAssociation)?.[1];
      if (type === 11) assert.equal(association, undefined);
      else {
        // Renewal, rebinding; preferred and valid times of the address.
        const at = (offset: number) => association?.readUInt32BE(offset);
        assert.deepEqual([at(4), at(8), at(32), at(36)], [70, 112, 140, 280]);
      }
    }
  });

  it('takes away what is not of the interface', () => {
    const { addresses } = answerTo(6, identifier, wanted(address + 1n)) as { addresses: bigint[] };
    assert.deepEqual(addresses, [address, address + 1n]);
  });

  it('says whether addresses are of this link', () => {
    assert.equal(answerTo(4, identifier, wanted(address)).status, 0);
    assert.equal(answerTo(4, identifier, wanted(address + 1n)).status, 4);
  });

  it('takes note of the end', () => {
    for (const type of [8, 9]) assert.equal(answerTo(type, identifier, server, wanted(address)).status, 0);
  });

  it('gives information to clients without a name', () => {
    assert.deepEqual(answerTo(11), {
      type: 7,
      client: undefined,
      addresses: undefined,
      valid: undefined,
      status: undefined,
    });
  });

  it('is silent when another server is meant', () => {
    const other: Option = [optionCodes.serverIdentifier, Buffer.from('00030001025701000002', 'hex')];
    assert.deepEqual(answerTo(3, identifier, other, wanted(address)), {
      silence: 'the client chose another server',
    });
  });

  it('refuses what no client sends', () => {
    for (const [type, ...options] of [
      [7, identifier],
      [1, wanted()],
      [3, identifier, wanted()],
    ] as [number, ...Option[]][]) {
      assert.throws(() => answerTo(type, ...options), { code: 'malformed-packet' });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => answerDhcpV6(Buffer.from(bytes), lease), AgentError);
      }),
    );
  });
});
