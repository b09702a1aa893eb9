/**
 * Packets as people talk of them: a frame, what it carries, and where it enters. Addresses are text (`10.0.0.5`,
 * `02:57:00:00:00:01`), so that a packet can be read, written and kept as JSON.
 */

/** An interface of a VM, or a network outside. */
export type Place = { readonly interfaceId: string } | { readonly externalNetworkId: string };

/** An Ethernet frame. */
export interface Frame {
  readonly source: string;
  readonly destination: string;
  /** IEEE 802.1Q: the number of the VLAN in the frame's tag, when it has one. */
  readonly vlan?: number;
  readonly content: Arp | Ip | OtherContent;
}

/** A frame and where it enters the cloud. */
export interface ReferencePacket extends Frame {
  readonly from: Place;
}

/** RFC 826, for IPv4 over Ethernet. */
export interface Arp {
  readonly protocol: 'arp';
  readonly operation: 'request' | 'reply';
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/** A frame of any other protocol, by its Ethernet type. */
export interface OtherContent {
  readonly protocol: number;
}

/** RFC 791 and RFC 8200, as far as a router looks at it. Addresses are of the same kind. */
export interface Ip {
  readonly protocol: 'ipv4' | 'ipv6';
  readonly source: string;
  readonly destination: string;
  /** In IPv6, the hop limit. */
  readonly timeToLive: number;
  /** Bytes of header and content, where they are many enough to matter. */
  readonly totalLength?: number;
  readonly payload: Tcp | Udp | Icmp | OtherPayload;
}

export type TcpFlag = 'syn' | 'ack' | 'fin' | 'rst' | 'psh' | 'urg';
export interface Tcp {
  readonly protocol: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: readonly TcpFlag[];
}

export interface Udp {
  readonly protocol: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** RFC 792, and RFC 4443 in IPv6. */
export interface Icmp {
  readonly protocol: 'icmp' | 'icmpv6';
  readonly type: number;
  readonly code: number;
  /** Of queries and their answers. */
  readonly identifier?: number;
  /** What the next hop can take, in bytes: in "fragmentation needed" (RFC 1191) and "packet too big". */
  readonly mtu?: number;
  /** The packet that an error message is about. */
  readonly quoted?: Ip;
  /** Of neighbour solicitations and advertisements. */
  readonly neighbour?: Neighbour;
}

/** RFC 4861, sections 4.3 and 4.4: whose MAC is asked for or told. */
export interface Neighbour {
  readonly target: string;
  /** The MAC in the option: that of the one who asks, or of the target. */
  readonly mac?: string;
  /** What an advertisement says besides. */
  readonly flags?: readonly ('router' | 'solicited' | 'override')[];
}

/** Any other IP protocol, by its number. */
export interface OtherPayload {
  readonly protocol: number;
}

export function isIcmp(payload: Ip['payload']): payload is Icmp {
  return payload.protocol === 'icmp' || payload.protocol === 'icmpv6';
}

/** RFC 4861, section 4: the types of ICMPv6 by which neighbours and routers find each other. */
export const discovery = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
} as const;

/** The type of a packet of neighbour discovery; undefined for any other packet. */
export function discoveryType({ payload }: Ip): keyof typeof discovery | undefined {
  if (payload.protocol !== 'icmpv6') return undefined;
  const found = Object.entries(discovery).find(([, type]) => type === payload.type);
  return found?.[0] as keyof typeof discovery | undefined;
}

export const broadcastMac = 'ff:ff:ff:ff:ff:ff';

/** IEEE 802.3: the lowest bit of the first byte says that an address is for a group. */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
