import type { DropReason } from './drop-reasons.ts';
import type { Frame } from './packet.ts';

/** What becomes of a packet. */
export type Outcome =
  | Delivered
  | SentOutside
  | Answered
  | Offered
  | OfferedV6
  | Advertised
  | Announced
  | Dropped;

/** It tells that an interface has a shared address from now on; nobody else gets it. */
export interface Announced {
  readonly type: 'announced';
  readonly interfaceId: string;
  readonly address: string;
  readonly macAddress: string;
}

/** It reaches an interface, as `frame`. */
export interface Delivered {
  readonly type: 'delivered';
  readonly interfaceId: string;
  readonly frame: Frame;
}

/** It leaves by an external network, towards `nextHop`, whose MAC is for that network to know. */
export interface SentOutside {
  readonly type: 'sent-outside';
  readonly externalNetworkId: string;
  readonly nextHop: string;
  readonly frame: Omit<Frame, 'destination'>;
}

/** The cloud itself answers, and `frame` goes back to where the packet came from. */
export interface Answered {
  readonly type: 'answered';
  readonly by:
    | 'arp'
    | 'neighbour-discovery'
    | 'gateway-echo'
    | 'time-exceeded'
    | 'too-large'
    | 'dns'
    | 'metadata';
  readonly frame: Frame;
}

/** The cloud answers a DHCP message with these settings. */
export interface Offered {
  readonly type: 'answered';
  readonly by: 'dhcp';
  readonly lease: Lease;
}

/** The cloud answers a DHCPv6 message: these addresses are the interface's. */
export interface OfferedV6 {
  readonly type: 'answered';
  readonly by: 'dhcpv6';
  readonly lease: LeaseV6;
}

/** RFC 8415: what a DHCPv6 client is told. */
export interface LeaseV6 {
  readonly addresses: readonly string[];
  readonly preferredSeconds: number;
  /** Empty: none is told. */
  readonly domainName: string;
  readonly nameServers: readonly string[];
  readonly timeServers: readonly string[];
  readonly serverMac: string;
}

/** The router tells of itself. */
export interface Advertised {
  readonly type: 'answered';
  readonly by: 'router-advertisement';
  readonly router: AdvertisedRouter;
}

/** RFC 4861, section 4.2: what a router advertisement says. */
export interface AdvertisedRouter {
  readonly mac: string;
  /** On the link, and not to make addresses from: those are told by DHCPv6. */
  readonly prefix: string;
  readonly mtu: number;
  /** RFC 8106: for systems that do not ask by DHCPv6. */
  readonly domainName: string;
  readonly nameServers: readonly string[];
}

/** RFC 2131 and 2132: what a DHCP client is told. */
export interface Lease {
  readonly address: string;
  readonly subnetMask: string;
  readonly router: string;
  readonly mtu: number;
  /** Empty: none is told. */
  readonly domainName: string;
  readonly nameServers: readonly string[];
  readonly timeServers: readonly string[];
  readonly netbiosNameServers: readonly string[];
  /** 0: not told. */
  readonly netbiosNodeType: number;
  readonly leaseSeconds: number;
  readonly serverAddress: string;
  readonly serverMac: string;
}

export interface Dropped {
  readonly type: 'dropped';
  readonly reason: DropReason;
  /** Ids of the resources that decided. */
  readonly by: readonly string[];
}

/** One decision on the way. */
export interface Step {
  /** In words, such as `egress rules`. */
  readonly stage: string;
  /** Id of the resource that decided; absent where the rule is the same for all. */
  readonly resource?: string;
  readonly decision: string;
}
