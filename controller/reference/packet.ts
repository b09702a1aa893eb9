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
  readonly content: Arp | Ipv4 | OtherContent;
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

/** RFC 791, as far as a router looks at it. */
export interface Ipv4 {
  readonly protocol: 'ipv4';
  readonly source: string;
  readonly destination: string;
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

/** RFC 792. */
export interface Icmp {
  readonly protocol: 'icmp';
  readonly type: number;
  readonly code: number;
  /** Of queries and their answers. */
  readonly identifier?: number;
  /** RFC 1191: what the next hop can take, in bytes, in the error "fragmentation needed". */
  readonly mtu?: number;
  /** The packet that an error message is about. */
  readonly quoted?: Ipv4;
}

/** Any other IP protocol, by its number. */
export interface OtherPayload {
  readonly protocol: number;
}

export const broadcastMac = 'ff:ff:ff:ff:ff:ff';

/** IEEE 802.3: the lowest bit of the first byte says that an address is for a group. */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
