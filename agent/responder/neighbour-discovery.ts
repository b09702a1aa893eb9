import { macBytes, malformed, slice } from './bytes.ts';
import { etherTypes, formatEthernet, parseEthernet } from './ethernet.ts';
import {
  allNodes,
  allNodesMac,
  formatIpv6,
  ipv6Bytes,
  linkLocalAddress,
  nextHeaders,
  parseIpv6,
  readIpv6,
} from './ipv6.ts';

/** Types of ICMPv6 (RFC 4861, section 4). */
const types = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
} as const;
/** Options of RFC 4861, section 4.6. */
const options = { sourceLinkLayerAddress: 1, prefixInformation: 3, mtu: 5 } as const;
/** Packets of neighbour discovery that come from elsewhere than the link have less. */
const hopLimit = 255;

/** How long a router may be used without a word of it; the largest value that RFC 4861, section 6.2.1, allows. */
const routerLifetimeSeconds = 9000;
/** Addresses and other settings come by DHCPv6 (RFC 4861, section 4.2). */
const managedAndOther = 0xc0;
/** The prefix is on the link, and is not to make addresses from. */
const onLink = 0x80;

function linkLayerOption(type: number, mac: bigint): Buffer {
  return Buffer.concat([Uint8Array.of(type, 1), macBytes(mac)]);
}

/** Payload of the flow: MAC of the router (6 bytes), MTU (2), length of the prefix in bits (1), prefix (16), more options. */
function parseRouter(payload: Buffer) {
  const bytes = slice(payload, 0, 25);
  return {
    mac: BigInt(bytes.readUIntBE(0, 6)),
    mtu: bytes.readUInt16BE(6),
    prefixLength: bytes.readUInt8(8),
    prefix: readIpv6(bytes, 9),
    more: payload.subarray(25),
  };
}

/**
 * The router advertisement that answers a solicitation, to its sender, or to everybody on the port when that has no
 * address yet (RFC 4861, section 6.2.6).
 * @throws AgentError `malformed-packet`
 */
export function advertiseRouter(frame: Buffer, payload: Buffer): Buffer {
  const { mac, mtu, prefixLength, prefix, more } = parseRouter(payload);
  const { source, nextHeader, payload: icmp } = parseIpv6(frame);
  if (nextHeader !== nextHeaders.icmpv6 || slice(icmp, 0, 1).readUInt8(0) !== types.routerSolicitation) {
    throw malformed('not a router solicitation');
  }
  const head = Buffer.alloc(16);
  head.writeUInt8(types.routerAdvertisement, 0);
  head.writeUInt8(64, 4);
  head.writeUInt8(managedAndOther, 5);
  head.writeUInt16BE(routerLifetimeSeconds, 6);
  const mtuOption = Buffer.from([options.mtu, 1, 0, 0, 0, 0, mtu >> 8, mtu & 255]);
  const prefixOption = Buffer.alloc(32);
  prefixOption.set([options.prefixInformation, 4, prefixLength, onLink]);
  prefixOption.writeUInt32BE(routerLifetimeSeconds, 4);
  prefixOption.writeUInt32BE(routerLifetimeSeconds, 8);
  prefixOption.set(ipv6Bytes(prefix), 16);
  return formatEthernet({
    destination: source === 0n ? allNodesMac : parseEthernet(frame).source,
    source: mac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: linkLocalAddress(mac),
      destination: source === 0n ? allNodes : source,
      nextHeader: nextHeaders.icmpv6,
      hopLimit,
      payload: Buffer.concat([
        head,
        linkLayerOption(options.sourceLinkLayerAddress, mac),
        mtuOption,
        prefixOption,
        more,
      ]),
    }),
  });
}

/** The frame that asks the group of `target` for its MAC (RFC 4861, section 7.2.2; group: RFC 4291, section 2.7.1). */
export function formatNeighbourSolicitation(question: {
  source: bigint;
  sender: bigint;
  target: bigint;
}): Buffer {
  const { source, sender, target } = question;
  const icmp = Buffer.alloc(8);
  icmp.writeUInt8(types.neighbourSolicitation, 0);
  const lastBits = target & 0xff_ffffn;
  return formatEthernet({
    destination: 0x3333_ff00_0000n | lastBits,
    source,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: sender,
      destination: (0xff02n << 112n) | 0x1_ff00_0000n | lastBits,
      nextHeader: nextHeaders.icmpv6,
      hopLimit,
      payload: Buffer.concat([
        icmp,
        ipv6Bytes(target),
        linkLayerOption(options.sourceLinkLayerAddress, source),
      ]),
    }),
  });
}

/** The address whose MAC a neighbour advertisement tells. @throws AgentError `malformed-packet` */
export function advertisedNeighbour(frame: Buffer): bigint {
  const { nextHeader, payload } = parseIpv6(frame);
  if (
    nextHeader !== nextHeaders.icmpv6 ||
    slice(payload, 0, 1).readUInt8(0) !== types.neighbourAdvertisement
  ) {
    throw malformed('not a neighbour advertisement');
  }
  return readIpv6(payload, 8);
}
