import { ipv4 } from 'node-openflow';
import { malformed, slice } from '../bytes.ts';
import { broadcastMac, etherTypes, formatEthernet, parseEthernet, payloadOf } from '../ethernet.ts';
import { formatUdp, parseUdp } from '../udp.ts';
import {
  broadcastFlag,
  type DhcpOption,
  type DhcpRequest,
  formatDhcpReply,
  messageTypes,
  optionCodes,
  parseDhcpRequest,
  readOptions,
} from './message.ts';

/** What the flow says of the interface that asks. */
export interface Lease {
  readonly address: number;
  readonly serverAddress: number;
  readonly serverMac: bigint;
  readonly options: readonly DhcpOption[];
}

/** What comes of a client's message: a frame for its port, or silence with the reason. */
export type DhcpOutcome =
  | { readonly type: 'answer'; readonly kind: 'offer' | 'acknowledge' | 'refuse'; readonly frame: Buffer }
  | { readonly type: 'silence'; readonly reason: string };

const ports = { server: 67, client: 68, relay: 67 } as const;
const everyone = 0xffffffff;
/** A lease must have a time (RFC 2131, table 3); used when the flow gives none. */
const fallbackLeaseSeconds = 3600;
/** What every client can take (RFC 2131, section 2), and the headers in it that are not the message. */
const smallestMaximum = 576;
const headersLength = 28;

/** Payload of the flow: address (4 bytes), server identifier (4), server MAC (6), options. */
function parseLease(payload: Buffer): Lease {
  const fixed = slice(payload, 0, 14);
  return {
    address: fixed.readUInt32BE(0),
    serverAddress: fixed.readUInt32BE(4),
    serverMac: BigInt(fixed.readUIntBE(8, 6)),
    options: [...readOptions(slice(payload, 14))],
  };
}

/**
 * Answers a DHCP client's frame as RFC 2131, section 4.3, says, from the lease that its flow carries.
 * @throws AgentError `malformed-packet`
 */
export function answerDhcp(frame: Buffer, payload: Buffer): DhcpOutcome {
  const lease = parseLease(payload);
  const ethernet = parseEthernet(frame);
  const udp = parseUdp(payloadOf(ethernet, etherTypes.ipv4));
  const request = parseDhcpRequest(udp.payload);
  const asked: Asked = { request, lease, senderMac: ethernet.source, senderAddress: udp.source };
  switch (request.messageType) {
    case messageTypes.discover:
      return grant(asked, 'offer');
    case messageTypes.request:
      return answerRequest(asked);
    case messageTypes.inform:
      return inform(asked);
    case messageTypes.decline:
      return silence(`the client declined ${ipv4.format(lease.address)}: somebody else uses it`);
    case messageTypes.release:
      return silence('the client released its address');
    default:
      throw malformed(`DHCP message type ${request.messageType} is not a client's`, request.messageType);
  }
}

interface Asked {
  readonly request: DhcpRequest;
  readonly lease: Lease;
  readonly senderMac: bigint;
  readonly senderAddress: number;
}

const silence = (reason: string): DhcpOutcome => ({ type: 'silence', reason });

/** RFC 2131, section 4.3.2: the client selects this server, or comes back with an address, or renews it. */
function answerRequest(asked: Asked): DhcpOutcome {
  const { request, lease } = asked;
  const server = addressOption(request, optionCodes.serverIdentifier);
  if (server !== undefined && server !== lease.serverAddress) {
    return silence(`the client chose the server ${ipv4.format(server)}`);
  }
  const wanted = addressOption(request, optionCodes.requestedAddress) ?? (request.clientAddress || undefined);
  if (wanted === undefined) throw malformed('a DHCP request that names no address');
  return wanted === lease.address ? grant(asked, 'acknowledge') : refuse(asked, wanted);
}

function addressOption(request: DhcpRequest, code: number): number | undefined {
  const value = request.options.get(code);
  if (value && value.length !== 4) throw malformed(`DHCP option ${code} has ${value.length} bytes, not 4`);
  return value?.readUInt32BE(0);
}

function grant(asked: Asked, kind: 'offer' | 'acknowledge'): DhcpOutcome {
  const { request, lease } = asked;
  const clientAddress = kind === 'offer' ? 0 : request.clientAddress;
  const frame = reply(asked, kind, {
    clientAddress,
    yourAddress: lease.address,
    flags: request.flags,
    options: [...leaseTimes(lease), ...inOrder(request, lease.options)],
    destination: clientAddress || (request.flags & broadcastFlag ? everyone : lease.address),
  });
  return { type: 'answer', kind, frame };
}

/** A client with an address of its own only wants the other settings: no lease (section 4.3.5). */
function inform(asked: Asked): DhcpOutcome {
  const { request, lease, senderAddress } = asked;
  const frame = reply(asked, 'acknowledge', {
    clientAddress: request.clientAddress,
    yourAddress: 0,
    flags: request.flags,
    options: inOrder(request, lease.options),
    destination: request.clientAddress || senderAddress || everyone,
  });
  return { type: 'answer', kind: 'acknowledge', frame };
}

/** Goes to everyone on the wire, for the client may not have an address that can be reached (section 4.3.2). */
function refuse(asked: Asked, wanted: number): DhcpOutcome {
  const text = `${ipv4.format(wanted)} is not the address of this interface`;
  const frame = reply(asked, 'refuse', {
    clientAddress: 0,
    yourAddress: 0,
    // A relay agent is told to broadcast it too.
    flags: asked.request.relayAddress ? asked.request.flags | broadcastFlag : asked.request.flags,
    options: [[optionCodes.message, Buffer.from(text)]],
    destination: everyone,
  });
  return { type: 'answer', kind: 'refuse', frame };
}

interface ReplyFields {
  readonly clientAddress: number;
  readonly yourAddress: number;
  readonly flags: number;
  readonly options: readonly DhcpOption[];
  /** IP address when no relay agent is between. */
  readonly destination: number;
}

function reply(asked: Asked, type: 'offer' | 'acknowledge' | 'refuse', fields: ReplyFields): Buffer {
  const { request, lease, senderMac } = asked;
  const identifier = request.options.get(optionCodes.clientIdentifier);
  const message = formatDhcpReply({
    request,
    ...fields,
    options: [
      [optionCodes.messageType, Uint8Array.of(messageTypes[type])],
      [optionCodes.serverIdentifier, uint32(lease.serverAddress)],
      ...fields.options,
      // RFC 6842: the client finds its answer by its own identifier.
      ...(identifier ? [[optionCodes.clientIdentifier, identifier] as const] : []),
    ],
    maximumLength: maximumSize(request) - headersLength,
  });
  const relayed = request.relayAddress !== 0;
  const destination = relayed ? request.relayAddress : fields.destination;
  return formatEthernet({
    destination: relayed ? senderMac : destination === everyone ? broadcastMac : request.clientMac,
    source: lease.serverMac,
    etherType: etherTypes.ipv4,
    payload: formatUdp({
      source: lease.serverAddress,
      destination,
      sourcePort: ports.server,
      destinationPort: relayed ? ports.relay : ports.client,
      payload: message,
    }),
  });
}

function maximumSize(request: DhcpRequest): number {
  const asked = request.options.get(optionCodes.maximumSize);
  return asked?.length === 2
    ? Math.max(smallestMaximum, Math.min(asked.readUInt16BE(0), 1500))
    : smallestMaximum;
}

const leaseOptions: readonly number[] = [
  optionCodes.leaseTime,
  optionCodes.renewalTime,
  optionCodes.rebindingTime,
];

function leaseTimes({ options }: Lease): DhcpOption[] {
  const given = options.filter(([code]) => leaseOptions.includes(code));
  const hasLeaseTime = given.some(([code]) => code === optionCodes.leaseTime);
  return hasLeaseTime ? given : [[optionCodes.leaseTime, uint32(fallbackLeaseSeconds)], ...given];
}

/** Clients that know these routes use no others (RFC 3442), so they are for those alone that ask for them. */
const onlyOnRequest: readonly number[] = [optionCodes.classlessRoutes];

/** Settings in the order in which the client lists them (option 55), then the others. */
function inOrder(request: DhcpRequest, options: readonly DhcpOption[]): DhcpOption[] {
  const wanted = [...(request.options.get(optionCodes.parameterList) ?? [])];
  const place = ([code]: DhcpOption) => {
    const index = wanted.indexOf(code);
    return index < 0 ? wanted.length : index;
  };
  return options
    .filter(
      ([code]) => !leaseOptions.includes(code) && !(onlyOnRequest.includes(code) && !wanted.includes(code)),
    )
    .sort((a, b) => place(a) - place(b));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
