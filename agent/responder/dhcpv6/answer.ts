import { macBytes, malformed, slice } from '../bytes.ts';
import { etherTypes, formatEthernet, parseEthernet } from '../ethernet.ts';
import { formatIpv6, linkLocalAddress, nextHeaders, parseIpv6, readIpv6 } from '../ipv6.ts';
import {
  addressOption,
  formatOptions,
  messageTypes,
  type Option,
  optionCodes,
  parseAssociation,
  parseRequest,
  type Request,
  readOptions,
  requireClient,
  statusOption,
} from './message.ts';

/** What the flow says of the interface that asks. */
export interface LeaseV6 {
  readonly serverMac: bigint;
  readonly preferredSeconds: number;
  readonly addresses: readonly bigint[];
  readonly options: readonly Option[];
}

/** What comes of a client's message: a frame for its port, or silence with the reason. */
export type DhcpV6Outcome =
  | { readonly type: 'answer'; readonly frame: Buffer }
  | { readonly type: 'silence'; readonly reason: string };

const ports = { client: 546, server: 547 } as const;
/** In seconds: renewal after half of the preferred time, any server after four fifths (RFC 8415, section 21.4). */
function timesOf({ preferredSeconds: preferred }: LeaseV6) {
  const renew = Math.floor(preferred / 2);
  return { preferred, valid: 2 * preferred, renew, rebind: Math.floor((preferred * 4) / 5) };
}

/** Payload of the flow: server MAC (6 bytes), preferred time in seconds (4), number of addresses (1), addresses (16 each), options. */
function parseLeaseV6(payload: Buffer): LeaseV6 {
  const count = slice(payload, 0, 11).readUInt8(10);
  return {
    serverMac: BigInt(payload.readUIntBE(0, 6)),
    preferredSeconds: payload.readUInt32BE(6),
    addresses: Array.from({ length: count }, (_, index) => readIpv6(payload, 11 + 16 * index)),
    options: [...readOptions(slice(payload, 11 + 16 * count))],
  };
}

/** The server's identifier: its link-layer address (DUID-LL, RFC 8415, section 11.4). */
function serverIdentifier({ serverMac }: LeaseV6): Option {
  return [optionCodes.serverIdentifier, Buffer.concat([Uint8Array.of(0, 3, 0, 1), macBytes(serverMac)])];
}

/**
 * Answers a DHCPv6 client's frame as RFC 8415, section 18.3, says, from the lease that its flow carries.
 * @throws AgentError `malformed-packet`
 */
export function answerDhcpV6(frame: Buffer, payload: Buffer): DhcpV6Outcome {
  const lease = parseLeaseV6(payload);
  const packet = parseIpv6(frame);
  if (packet.nextHeader !== nextHeaders.udp) throw malformed('DHCPv6 without UDP', packet.nextHeader);
  const request = parseRequest(slice(packet.payload, 8));
  const answer = contentOf(request, lease);
  if (typeof answer === 'string') return { type: 'silence', reason: answer };
  const message = Buffer.concat([
    Uint8Array.of(answer.type),
    request.transaction,
    formatOptions(answer.options),
  ]);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(ports.server, 0);
  udp.writeUInt16BE(ports.client, 2);
  udp.writeUInt16BE(udp.length + message.length, 4);
  const answerFrame = formatEthernet({
    destination: parseEthernet(frame).source,
    source: lease.serverMac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: linkLocalAddress(lease.serverMac),
      destination: packet.source,
      nextHeader: nextHeaders.udp,
      hopLimit: 64,
      payload: Buffer.concat([udp, message]),
    }),
  });
  return { type: 'answer', frame: answerFrame };
}

/** @returns type and options of the answer, or why there is none */
function contentOf(request: Request, lease: LeaseV6): { type: number; options: Option[] } | string {
  const own = serverIdentifier(lease);
  const named = request.options.find(([code]) => code === optionCodes.serverIdentifier);
  if (named && !named[1].equals(own[1])) return 'the client chose another server';
  const reply = (...options: readonly Option[]) => ({
    type: messageTypes.reply as number,
    options: [own, ...identified(request), ...options],
  });
  switch (request.type) {
    case messageTypes.solicit: {
      const rapid = request.options.filter(([code]) => code === optionCodes.rapidCommit);
      const answer = reply(...rapid, ...associations(request, lease), ...lease.options);
      return rapid.length > 0 ? answer : { ...answer, type: messageTypes.advertise };
    }
    case messageTypes.request:
    case messageTypes.renew:
      if (!named) throw malformed(`DHCPv6 message of type ${request.type} without a server identifier`);
      return reply(...associations(request, lease), ...lease.options);
    case messageTypes.rebind:
      return reply(...associations(request, lease), ...lease.options);
    case messageTypes.confirm:
      return reply(statusOption(onLink(request, lease) ? 'success' : 'notOnLink'));
    case messageTypes.release:
    case messageTypes.decline:
      return reply(statusOption('success'));
    case messageTypes.informationRequest:
      return reply(...lease.options);
    default:
      throw malformed(`DHCPv6 message type ${request.type} is not a client's`, request.type);
  }
}

/** Only a request for information may come without the client's identifier (RFC 8415, section 16.12). */
function identified(request: Request): Option[] {
  if (request.type !== messageTypes.informationRequest) return [requireClient(request)];
  return request.options.filter(([code]) => code === optionCodes.clientIdentifier);
}

function wantedAssociations({ options }: Request) {
  return options
    .filter(([code]) => code === optionCodes.addressAssociation)
    .map(([, value]) => parseAssociation(value));
}

function onLink(request: Request, lease: LeaseV6): boolean {
  return wantedAssociations(request).every(({ addresses }) =>
    addresses.every((address) => lease.addresses.includes(address)),
  );
}

/** All addresses go to the first association; what the client has beyond them it must not use any more. */
function associations(request: Request, lease: LeaseV6): Option[] {
  const times = timesOf(lease);
  return wantedAssociations(request).map(({ identifier, addresses }, index) => {
    const given = index === 0 ? lease.addresses : [];
    const head = Buffer.alloc(12);
    head.set(identifier, 0);
    head.writeUInt32BE(times.renew, 4);
    head.writeUInt32BE(times.rebind, 8);
    const gone = addresses.filter((address) => !given.includes(address));
    const options = [
      ...given.map((address) => addressOption(address, times.preferred, times.valid)),
      ...gone.map((address) => addressOption(address, 0, 0)),
      ...(given.length === 0 ? [statusOption('noAddresses')] : []),
    ];
    return [optionCodes.addressAssociation, Buffer.concat([head, formatOptions(options)])] as const;
  });
}
