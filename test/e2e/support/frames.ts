import { fileURLToPath } from 'node:url';
import type { Node } from '@weft/labs/hosts';

const script = fileURLToPath(new URL('./frames.py', import.meta.url));

/** Sends raw Ethernet frames (hex) from eth0, as a VM can that ignores its own configuration. */
export async function sendFrames(node: Node, frames: readonly string[]): Promise<void> {
  await node.run('/usr/bin/python3', [script, 'send', 'eth0'], { input: `${frames.join('\n')}\n` });
}

/** Starts to record the frames that arrive at eth0; `stop` returns them as hex. */
export async function recordFrames(node: Node): Promise<{ stop(): Promise<string[]> }> {
  const program = await node.spawn('/usr/bin/python3', [script, 'record', 'eth0'], { name: 'record-frames' });
  await program.waitForLine((line) => line === 'recording');
  return {
    async stop() {
      program.signal('SIGTERM');
      await program.waitForLine((line) => line === 'end');
      return program.logs.filter((line) => line.startsWith('frame ')).map((line) => line.slice(6));
    },
  };
}

const hexMac = (mac: string) => mac.replaceAll(':', '');
const hexAddress = (address: string) =>
  address
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('');

/** An ARP packet (RFC 826): operation 1 asks, 2 answers. */
export function arpFrame(arp: {
  ethernetSource: string;
  ethernetDestination: string;
  operation: 1 | 2;
  senderMac: string;
  senderAddress: string;
  targetAddress: string;
}): string {
  const { ethernetDestination, ethernetSource, operation, senderMac, senderAddress, targetAddress } = arp;
  return [
    hexMac(ethernetDestination),
    hexMac(ethernetSource),
    `0806000108000604000${operation}`,
    hexMac(senderMac),
    hexAddress(senderAddress),
    '000000000000',
    hexAddress(targetAddress),
  ].join('');
}

/** A UDP datagram in IPv4 without checksum of UDP; the payload is text that can be found again. */
export function udpFrame(udp: {
  ethernetSource: string;
  ethernetDestination: string;
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
  payload: string;
}): string {
  const payload = Buffer.from(udp.payload);
  const ip = Buffer.alloc(20);
  ip.writeUInt16BE(0x4500, 0);
  ip.writeUInt16BE(28 + payload.length, 2);
  ip.writeUInt16BE(0x4000, 6);
  ip.writeUInt16BE(0x4011, 8);
  ip.write(hexAddress(udp.source) + hexAddress(udp.destination), 12, 'hex');
  let sum = 0;
  for (let offset = 0; offset < 20; offset += 2) sum += ip.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  ip.writeUInt16BE(~sum & 0xffff, 10);
  const header = Buffer.alloc(8);
  header.writeUInt16BE(udp.sourcePort, 0);
  header.writeUInt16BE(udp.destinationPort, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  const frame = Buffer.concat([ip, header, payload]).toString('hex');
  return `${hexMac(udp.ethernetDestination)}${hexMac(udp.ethernetSource)}0800${frame}`;
}

/** The frame with an 802.1Q tag of this VLAN. */
export function tagged(frame: string, vlan: number): string {
  const addresses = 24;
  return `${frame.slice(0, addresses)}8100${vlan.toString(16).padStart(4, '0')}${frame.slice(addresses)}`;
}
