import type { Action } from 'node-openflow';

/**
 * Packets that the host's agent answers. The flow carries everything that the answer needs in `userdata`, so the
 * agent needs no state: first a byte for what to do, then the payload that is described at each function.
 */
const agentControllerId = 0x5746;
/** No more of a packet than this is sent to the agent. */
const maxLength = 65535;

const opcodes = {
  dhcpv4: 1,
  resolveNeighbour: 2,
  neighbourSeen: 3,
  timeExceeded: 4,
  packetTooLarge: 5,
  addressAnnounced: 6,
  interfaceAwake: 7,
  routerAdvertisement: 16,
  dhcpv6: 17,
} as const;

function toAgent(opcode: keyof typeof opcodes, payload: Uint8Array): Action {
  const userdata = new Uint8Array(1 + payload.length);
  userdata[0] = opcodes[opcode];
  userdata.set(payload, 1);
  return { type: 'controller', id: agentControllerId, reason: 'action', maxLength, userdata };
}

export interface DhcpV4Answer {
  readonly address: number;
  readonly serverAddress: number;
  readonly serverMac: bigint;
  /** Code and value, RFC 2132; message type, server identifier and end are added by the agent. */
  readonly options: readonly (readonly [code: number, value: Uint8Array])[];
}

/** Payload: address (4 bytes), server identifier (4), server MAC (6), then options as on the wire. */
export function answerDhcpV4(answer: DhcpV4Answer): Action {
  const length = answer.options.reduce((sum, [, value]) => sum + 2 + value.length, 14);
  const payload = Buffer.alloc(length);
  payload.writeUInt32BE(answer.address, 0);
  payload.writeUInt32BE(answer.serverAddress, 4);
  payload.writeUIntBE(Number(answer.serverMac), 8, 6);
  let offset = 14;
  for (const [code, value] of answer.options) {
    payload[offset] = code;
    payload[offset + 1] = value.length;
    payload.set(value, offset + 2);
    offset += 2 + value.length;
  }
  return toAgent('dhcpv4', payload);
}

/** Asks for the MAC of the next hop and sends the packet again through `table`. Payload: the table (1 byte). */
export function resolveNeighbour(table: number): Action {
  return toAgent('resolveNeighbour', Uint8Array.of(table));
}

/** Tells the agent that a neighbour has spoken. No payload. */
export const neighbourSeen: Action = toAgent('neighbourSeen', new Uint8Array(0));

/** Who tells a sender that its packet goes no further, and to which MAC. */
export interface RouterVoice {
  readonly address: number;
  /** What IPv6 packets are answered from; absent: the link-local address of the MAC. */
  readonly ipv6Address?: bigint;
  readonly mac: bigint;
  /** Absent: the source of the frame. */
  readonly receiverMac?: bigint;
}

/** As the IPv6 address of a voice: what the packet was sent to answers for itself. */
export const itsDestination = 0n;

/** Payload: the router's address (4 bytes), its MAC (6), MAC of the receiver or 0 (6), MTU or 0 (2), IPv6 address if given (16). */
function voice({ address, ipv6Address, mac, receiverMac = 0n }: RouterVoice, mtu: number): Uint8Array {
  const payload = Buffer.alloc(18);
  payload.writeUInt32BE(address, 0);
  payload.writeUIntBE(Number(mac), 4, 6);
  payload.writeUIntBE(Number(receiverMac), 10, 6);
  payload.writeUInt16BE(mtu, 16);
  return ipv6Address === undefined ? payload : Buffer.concat([payload, ipv6Bytes(ipv6Address)]);
}

/** Answers by ICMP "time exceeded in transit" (RFC 792; RFC 1812, section 4.3.3.4). */
export function timeExceeded(router: RouterVoice): Action {
  return toAgent('timeExceeded', voice(router, 0));
}

/** Answers by ICMP "fragmentation needed" or "packet too big" with the MTU of the next hop (RFC 1191, section 4; RFC 4443, section 3.2). */
export function packetTooLarge(router: RouterVoice & { readonly mtu: number }): Action {
  return toAgent('packetTooLarge', voice(router, router.mtu));
}

/** Who has announced which shared address. */
export interface Announcement {
  readonly networkInterfaceId: string;
  readonly address: string;
  readonly macAddress: string;
}

/** Tells the agent that an interface has announced a shared address. Payload: id of the interface, address and MAC as text. */
export function addressAnnounced({ networkInterfaceId, address, macAddress }: Announcement): Action {
  return toAgent('addressAnnounced', Buffer.from([networkInterfaceId, address, macAddress].join(' ')));
}

/** Tells the agent that something has come out of a port in standby. Payload: id of the interface, as text. */
export function interfaceAwake(networkInterfaceId: string): Action {
  return toAgent('interfaceAwake', Buffer.from(networkInterfaceId));
}

/** What a subnet's router says of itself. */
export interface RouterAdvertisement {
  readonly mac: bigint;
  readonly prefix: bigint;
  readonly prefixLength: number;
  readonly mtu: number;
  /** More options of neighbour discovery, as on the wire (RFC 4861, section 4.6). */
  readonly options: Uint8Array;
}

/** Payload: MAC of the router (6 bytes), MTU (2), length of the prefix in bits (1), prefix (16), then options as on the wire. */
export function advertiseRouter({ mac, prefix, prefixLength, mtu, options }: RouterAdvertisement): Action {
  const payload = Buffer.alloc(25);
  payload.writeUIntBE(Number(mac), 0, 6);
  payload.writeUInt16BE(mtu, 6);
  payload[8] = prefixLength;
  payload.set(ipv6Bytes(prefix), 9);
  return toAgent('routerAdvertisement', Buffer.concat([payload, options]));
}

export interface DhcpV6Answer {
  readonly serverMac: bigint;
  /** How long addresses are preferred; they are valid for twice as long. */
  readonly preferredSeconds: number;
  readonly addresses: readonly bigint[];
  /** Code and value, RFC 8415; identifiers and addresses are added by the agent. */
  readonly options: readonly (readonly [code: number, value: Uint8Array])[];
}

/** Payload: server MAC (6 bytes), preferred time (4), number of addresses (1), addresses (16 each), then options as on the wire. */
export function answerDhcpV6({ serverMac, preferredSeconds, addresses, options }: DhcpV6Answer): Action {
  const head = Buffer.alloc(11);
  head.writeUIntBE(Number(serverMac), 0, 6);
  head.writeUInt32BE(preferredSeconds, 6);
  head[10] = addresses.length;
  const tail = options.map(([code, value]) => {
    const option = Buffer.alloc(4 + value.length);
    option.writeUInt16BE(code, 0);
    option.writeUInt16BE(value.length, 2);
    option.set(value, 4);
    return option;
  });
  return toAgent('dhcpv6', Buffer.concat([head, ...addresses.map(ipv6Bytes), ...tail]));
}

function ipv6Bytes(address: bigint): Buffer {
  return Buffer.from(address.toString(16).padStart(32, '0'), 'hex');
}
