import { ipv4, ipv6, mac } from '../fields/addresses.ts';
import { flagNames, parseFlags } from '../fields/flags-text.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import { ethertype, vlanPresent } from '../fields/protocols.ts';
import { SimulationError } from './errors.ts';
import { headerLength } from './packet-length.ts';
import { icmpType, icmpv6Type, protocol } from './protocols.ts';
import type { SimulatedPacket } from './types.ts';

/** `'02:00:00:00:00:01'` or the number. */
export type MacLike = string | bigint;
/** `'10.0.0.1'`, `'fd00::1'`, a number (IPv4) or a big integer (IPv6). */
export type AddressLike = string | number | bigint;

/** What every builder takes. */
export interface FrameOptions {
  readonly ethSrc?: MacLike;
  readonly ethDst?: MacLike;
  /** VLAN id, 0 to 4095. */
  readonly vlan?: number;
  readonly payload?: Uint8Array;
  /** Default: headers and payload. */
  readonly length?: number;
  /** Fields that come with the packet from its port, such as those of its tunnel. */
  readonly extra?: Readonly<Partial<Record<FieldName, FieldValue>>>;
}

export interface IpOptions extends FrameOptions {
  readonly src: AddressLike;
  readonly dst: AddressLike;
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  /** As in `nw_frag`: 0 no fragment, 1 the first one, 3 a later one. */
  readonly fragment?: number;
}

export interface PortOptions extends IpOptions {
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface TcpOptions extends PortOptions {
  /** `'syn'` (default), `'syn|ack'`, `'ack'` … or the number. */
  readonly flags?: string | number;
}

export interface IcmpOptions extends IpOptions {
  readonly type: number;
  readonly code?: number;
  /** Identifier of echo messages. */
  readonly id?: number;
  readonly inner?: SimulatedPacket;
}

export interface ArpOptions extends FrameOptions {
  /** 1 (default) asks, 2 answers. */
  readonly op?: number;
  readonly senderAddress: string | number;
  readonly targetAddress: string | number;
  /** Default: `ethSrc`. */
  readonly senderMac?: MacLike;
  /** Default: zero. */
  readonly targetMac?: MacLike;
}

export interface NeighbourOptions extends FrameOptions {
  readonly src: AddressLike;
  readonly dst: AddressLike;
  readonly target: AddressLike;
  /** The link-layer address option: source in solicitations, target in advertisements. */
  readonly linkLayer?: MacLike;
  /** Flags of an advertisement and what follows them, 32 bits. */
  readonly reserved?: number;
}

type Values = Partial<Record<FieldName, FieldValue>>;

function macOf(value: MacLike): bigint {
  return typeof value === 'string' ? mac.parse(value) : value;
}

function isIpv6(value: AddressLike): boolean {
  return typeof value === 'bigint' || (typeof value === 'string' && value.includes(':'));
}

function addressOf(value: AddressLike): FieldValue {
  if (typeof value !== 'string') return value;
  return value.includes(':') ? ipv6.parse(value) : ipv4.parse(value);
}

function ipValues(options: IpOptions, number: number): Values {
  const six = isIpv6(options.src);
  if (six !== isIpv6(options.dst)) {
    throw new SimulationError(
      'SIMULATION_BAD_PACKET',
      `${options.src} and ${options.dst} are addresses of different families`,
    );
  }
  return {
    eth_type: six ? ethertype.ipv6 : ethertype.ipv4,
    [six ? 'ipv6_src' : 'ipv4_src']: addressOf(options.src),
    [six ? 'ipv6_dst' : 'ipv4_dst']: addressOf(options.dst),
    ip_proto: number,
    ip_ttl: options.ttl ?? 64,
    ip_dscp: options.dscp ?? 0,
    ip_ecn: options.ecn ?? 0,
    ip_frag: options.fragment ?? 0,
  };
}

function frame(options: FrameOptions, values: Values, more: Partial<SimulatedPacket> = {}): SimulatedPacket {
  const all: Values = {
    eth_src: macOf(options.ethSrc ?? '02:00:00:00:00:01'),
    eth_dst: macOf(options.ethDst ?? '02:00:00:00:00:02'),
    ...(options.vlan === undefined ? {} : { vlan_vid: options.vlan | vlanPresent }),
    ...values,
    ...options.extra,
  };
  const fields = new Map(Object.entries(all) as [FieldName, FieldValue][]);
  const { payload } = options;
  const draft = { fields, ...(payload ? { payload } : {}), ...more, length: 0 };
  return { ...draft, length: options.length ?? headerLength(draft) + (payload?.length ?? 0) };
}

/** Fragments beyond the first have no transport header. */
function isLaterFragment({ fragment = 0 }: IpOptions): boolean {
  return (fragment & 2) !== 0;
}

function ports(options: PortOptions, name: 'tcp' | 'udp' | 'sctp'): Values {
  if (isLaterFragment(options)) return ipValues(options, protocol[name]);
  return {
    ...ipValues(options, protocol[name]),
    [`${name}_src`]: options.sourcePort,
    [`${name}_dst`]: options.destinationPort,
  };
}

function flagsOf(flags: string | number): number {
  return typeof flags === 'number' ? flags : Number(parseFlags(flags, flagNames.tcp, 12).value);
}

function icmp(options: IcmpOptions): SimulatedPacket {
  const six = isIpv6(options.src);
  const values = {
    ...ipValues(options, six ? protocol.icmpv6 : protocol.icmp),
    [six ? 'icmpv6_type' : 'icmpv4_type']: options.type,
    [six ? 'icmpv6_code' : 'icmpv4_code']: options.code ?? 0,
  };
  return frame(options, values, {
    ...(options.id === undefined ? {} : { echoId: options.id }),
    ...(options.inner ? { inner: options.inner } : {}),
  });
}

function neighbour(options: NeighbourOptions, type: 135 | 136): SimulatedPacket {
  const option: Values =
    options.linkLayer === undefined
      ? {}
      : {
          [type === 135 ? 'nd_sll' : 'nd_tll']: macOf(options.linkLayer),
          nd_options_type: type === 135 ? 1 : 2,
        };
  return frame(options, {
    ...ipValues({ ...options, ttl: 255 }, protocol.icmpv6),
    icmpv6_type: type,
    icmpv6_code: 0,
    nd_target: addressOf(options.target),
    nd_reserved: options.reserved ?? 0,
    ...option,
  });
}

/** Builders of packets. Each returns a packet whose fields are complete and agree with each other. */
export const packet = {
  /** A frame of a protocol that is not looked into. */
  ethernet: (options: FrameOptions & { readonly type: number }) => frame(options, { eth_type: options.type }),

  arp(options: ArpOptions): SimulatedPacket {
    return frame(options, {
      eth_type: ethertype.arp,
      arp_op: options.op ?? 1,
      arp_spa: addressOf(options.senderAddress),
      arp_tpa: addressOf(options.targetAddress),
      arp_sha: macOf(options.senderMac ?? options.ethSrc ?? '02:00:00:00:00:01'),
      arp_tha: macOf(options.targetMac ?? 0n),
    });
  },

  /** An IPv4 or IPv6 packet of a protocol that is not looked into. */
  ip: (options: IpOptions & { readonly protocol: number }) =>
    frame(options, ipValues(options, options.protocol)),

  tcp(options: TcpOptions): SimulatedPacket {
    const flags: Values = isLaterFragment(options) ? {} : { tcp_flags: flagsOf(options.flags ?? 'syn') };
    return frame(options, { ...ports(options, 'tcp'), ...flags });
  },

  udp: (options: PortOptions) => frame(options, ports(options, 'udp')),

  sctp: (options: PortOptions) => frame(options, ports(options, 'sctp')),

  /** ICMP or ICMPv6, as the addresses say. */
  icmp,

  /** An echo request, or with `reply` an echo reply. */
  ping(options: IpOptions & { readonly id?: number; readonly reply?: boolean }): SimulatedPacket {
    const types = isIpv6(options.src) ? icmpv6Type : icmpType;
    return icmp({
      ...options,
      id: options.id ?? 1,
      type: options.reply ? types.echoReply : types.echoRequest,
    });
  },

  /** "Destination unreachable", or the error that `type` and `code` say, about the packet `inner`. */
  icmpError(
    options: Omit<IcmpOptions, 'type' | 'inner'> & {
      readonly type?: number;
      readonly inner: SimulatedPacket;
    },
  ): SimulatedPacket {
    const types = isIpv6(options.src) ? icmpv6Type : icmpType;
    return icmp({ ...options, type: options.type ?? types.unreachable });
  },

  neighbourSolicitation: (options: NeighbourOptions) => neighbour(options, 135),

  neighbourAdvertisement: (options: NeighbourOptions) => neighbour(options, 136),

  /** The packet with some fields changed. */
  with(
    original: SimulatedPacket,
    changes: Readonly<Partial<Record<FieldName, FieldValue>>>,
  ): SimulatedPacket {
    const changed = Object.entries(changes) as [FieldName, FieldValue][];
    return { ...original, fields: new Map([...original.fields, ...changed]) };
  },
};
