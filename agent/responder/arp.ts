import { macBytes, malformed, slice } from './bytes.ts';
import { broadcastMac, etherTypes, formatEthernet, parseEthernet, payloadOf } from './ethernet.ts';

const arpLength = 28;
const operations = { request: 1, reply: 2 } as const;

/** An ARP packet for IPv4 over Ethernet (RFC 826). */
export interface ArpPacket {
  readonly operation: number;
  readonly senderMac: bigint;
  readonly senderAddress: number;
  readonly targetMac: bigint;
  readonly targetAddress: number;
}

/** @throws AgentError `malformed-packet` */
export function parseArp(frame: Buffer): ArpPacket {
  const arp = slice(payloadOf(parseEthernet(frame), etherTypes.arp), 0, arpLength);
  const format = arp.subarray(0, 6).toString('hex');
  if (format !== '000108000604') throw malformed('ARP for something else than IPv4 over Ethernet', format);
  return {
    operation: arp.readUInt16BE(6),
    senderMac: BigInt(arp.readUIntBE(8, 6)),
    senderAddress: arp.readUInt32BE(14),
    targetMac: BigInt(arp.readUIntBE(18, 6)),
    targetAddress: arp.readUInt32BE(24),
  };
}

/** The frame that asks everybody for the MAC of `target`. */
export function formatArpRequest(request: { source: bigint; sender: number; target: number }): Buffer {
  const arp = Buffer.alloc(arpLength);
  arp.write('000108000604', 'hex');
  arp.writeUInt16BE(operations.request, 6);
  arp.set(macBytes(request.source), 8);
  arp.writeUInt32BE(request.sender, 14);
  arp.writeUInt32BE(request.target, 24);
  return formatEthernet({
    destination: broadcastMac,
    source: request.source,
    etherType: etherTypes.arp,
    payload: arp,
  });
}
