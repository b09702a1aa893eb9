import { ipv4, mac } from 'node-openflow';
import type { Frame, Icmp } from '../../../controller/reference/index.ts';
import { agentTask } from './lease.ts';

/** RFC 792: questions and their answers; everything else of ICMP is an error. */
const queries: readonly number[] = [0, 8, 13, 14, 15, 16];

/**
 * What the agent says when it is told that a packet goes no further: task, address of the router (4), its MAC (6), MAC of the
 * receiver or 0 (6), MTU (2).
 * @returns undefined for an error about an error, which is never sent
 */
export function routerError(
  userdata: Uint8Array,
  { source, vlan, content: packet }: Frame,
): Frame | undefined {
  if (packet.protocol !== 'ipv4') throw new Error('the agent was asked for an error about no IPv4 packet');
  const { payload } = packet;
  if (payload.protocol === 'icmp' && !queries.includes((payload as Icmp).type)) return undefined;
  const data = Buffer.from(userdata);
  const receiver = BigInt(data.readUIntBE(11, 6));
  const kind =
    userdata[0] === agentTask.timeExceeded
      ? { type: 11, code: 0 }
      : { type: 3, code: 4, mtu: data.readUInt16BE(17) };
  return {
    source: mac.format(BigInt(data.readUIntBE(5, 6))),
    destination: receiver === 0n ? source : mac.format(receiver),
    ...(vlan === undefined ? {} : { vlan }),
    content: {
      protocol: 'ipv4',
      source: ipv4.format(data.readUInt32BE(1)),
      destination: packet.source,
      timeToLive: 64,
      payload: { protocol: 'icmp', ...kind, quoted: packet },
    },
  };
}
