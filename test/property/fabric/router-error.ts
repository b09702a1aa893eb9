import { ipv4, mac } from 'node-openflow';
import { type Frame, type Ip, isIcmp } from '../../../controller/reference/index.ts';
import { formatIpv6, linkLocalAddress } from '../../../controller/resources/index.ts';
import { Disagreement } from '../disagreement.ts';
import { isIp } from './frames.ts';
import { agentTask } from './lease.ts';

/** RFC 792: questions and their answers; everything else of ICMP is an error. */
const queries: readonly number[] = [0, 8, 13, 14, 15, 16];
/** RFC 4443, section 2.1: types from here on are no errors. */
const firstInformation = 128;
const voiceLength = 19;

const messages = {
  ipv4: { [agentTask.timeExceeded]: [11, 0], [agentTask.packetTooLarge]: [3, 4] },
  ipv6: { [agentTask.timeExceeded]: [3, 0], [agentTask.packetTooLarge]: [2, 0] },
} as const;

function mayBeAnswered({ protocol, source, payload }: Ip): boolean {
  if (protocol === 'ipv4') return !isIcmp(payload) || queries.includes(payload.type);
  return source !== '::' && (!isIcmp(payload) || payload.type >= firstInformation);
}

/**
 * What the agent says when it is told that a packet goes no further: task, address of the router (4), its MAC (6), MAC of the
 * receiver or 0 (6), MTU (2); an address to speak from in IPv6 (16; 0: that of the packet), without which it is the link-local one of the MAC.
 * @returns undefined for packets about which nothing is said
 */
export function routerError(
  userdata: Uint8Array,
  { source, vlan, content: packet }: Frame,
): Frame | undefined {
  if (!isIp(packet)) throw new Disagreement('the agent was asked for an error about no IP packet');
  if (!mayBeAnswered(packet)) return undefined;
  const { protocol } = packet;
  const data = Buffer.from(userdata);
  const own = BigInt(data.readUIntBE(5, 6));
  const receiver = BigInt(data.readUIntBE(11, 6));
  const given =
    data.length > voiceLength
      ? (data.readBigUInt64BE(voiceLength) << 64n) | data.readBigUInt64BE(voiceLength + 8)
      : linkLocalAddress(own);
  const task = data.readUInt8(0) as typeof agentTask.timeExceeded;
  // Of many addresses, the one that the packet is for speaks.
  const speaker = given === 0n ? packet.destination : formatIpv6(given);
  const [type, code] = messages[protocol][task];
  const mtu = task === agentTask.timeExceeded ? {} : { mtu: data.readUInt16BE(17) };
  return {
    source: mac.format(own),
    destination: receiver === 0n ? source : mac.format(receiver),
    ...(vlan === undefined ? {} : { vlan }),
    content: {
      protocol,
      source: protocol === 'ipv4' ? ipv4.format(data.readUInt32BE(1)) : speaker,
      destination: packet.source,
      timeToLive: 64,
      payload: { protocol: protocol === 'ipv4' ? 'icmp' : 'icmpv6', type, code, ...mtu, quoted: packet },
    },
  };
}
