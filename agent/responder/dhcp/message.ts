import { asBuffer, malformed, slice } from '../bytes.ts';

/** Values of option 53 (RFC 2132, section 9.6). */
export const messageTypes = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  acknowledge: 5,
  refuse: 6,
  release: 7,
  inform: 8,
} as const;

/** Option codes of RFC 2132 that the answer depends on. */
export const optionCodes = {
  pad: 0,
  hostName: 12,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterList: 55,
  message: 56,
  maximumSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  clientIdentifier: 61,
  classlessRoutes: 121,
  end: 255,
} as const;

export type DhcpOption = readonly [code: number, value: Uint8Array];

/** What matters of a client's message. Addresses are 32-bit numbers, 0 when absent. */
export interface DhcpRequest {
  readonly messageType: number;
  readonly transaction: number;
  readonly seconds: number;
  readonly flags: number;
  readonly clientAddress: number;
  readonly relayAddress: number;
  readonly clientMac: bigint;
  readonly options: ReadonlyMap<number, Buffer>;
}

const fixedLength = 236;
const magicCookie = 0x63825363;
const bootRequest = 1;
const bootReply = 2;
const ethernet = 1;
/** Some BOOTP relays and clients refuse shorter messages (RFC 1542, section 2.1). */
const minimumLength = 300;
export const broadcastFlag = 0x8000;

/** RFC 2131, section 2. @throws AgentError `malformed-packet` */
export function parseDhcpRequest(message: Buffer): DhcpRequest {
  const fixed = slice(message, 0, fixedLength);
  if (fixed.readUInt8(0) !== bootRequest) throw malformed('not a BOOTP request', fixed.readUInt8(0));
  if (fixed.readUInt8(1) !== ethernet || fixed.readUInt8(2) !== 6)
    throw malformed('the client is not on Ethernet');
  if (slice(message, fixedLength, 4).readUInt32BE(0) !== magicCookie)
    throw malformed('BOOTP without DHCP options');
  const options = allOptions(message);
  const type = options.get(optionCodes.messageType);
  if (type?.length !== 1) throw malformed('no DHCP message type');
  return {
    messageType: type.readUInt8(0),
    transaction: fixed.readUInt32BE(4),
    seconds: fixed.readUInt16BE(8),
    flags: fixed.readUInt16BE(10),
    clientAddress: fixed.readUInt32BE(12),
    relayAddress: fixed.readUInt32BE(24),
    clientMac: BigInt(fixed.readUIntBE(28, 6)),
    options,
  };
}

/** The options field, then `file` and `sname` where option 52 says that they hold options too. */
function allOptions(message: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  addOptions(options, slice(message, fixedLength + 4));
  const overload = options.get(optionCodes.overload)?.at(0) ?? 0;
  if (overload & 1) addOptions(options, message.subarray(108, 236));
  if (overload & 2) addOptions(options, message.subarray(44, 108));
  return options;
}

/** Parts of one option are joined (RFC 3396). */
function addOptions(options: Map<number, Buffer>, bytes: Buffer): void {
  for (const [code, value] of readOptions(bytes)) {
    const before = options.get(code);
    options.set(code, before ? Buffer.concat([before, value]) : asBuffer(value));
  }
}

/** Code, length, value … up to the end mark or the end of the bytes. @throws AgentError `malformed-packet` */
export function* readOptions(bytes: Buffer): Generator<DhcpOption> {
  for (let offset = 0; offset < bytes.length; ) {
    const code = bytes.readUInt8(offset);
    if (code === optionCodes.end) return;
    if (code === optionCodes.pad) {
      offset += 1;
      continue;
    }
    const length = slice(bytes, offset + 1, 1).readUInt8(0);
    yield [code, slice(bytes, offset + 2, length)];
    offset += 2 + length;
  }
}

export interface DhcpReply {
  readonly request: DhcpRequest;
  readonly flags: number;
  readonly clientAddress: number;
  readonly yourAddress: number;
  /** In this order; what does not fit into `maximumLength` is left out. */
  readonly options: readonly DhcpOption[];
  /** Of the whole message, in bytes. */
  readonly maximumLength: number;
}

/** A BOOTP reply with options, as the fields of RFC 2131, table 3, ask for it. */
export function formatDhcpReply(reply: DhcpReply): Buffer {
  const { request } = reply;
  const fixed = Buffer.alloc(fixedLength + 4);
  fixed.writeUInt8(bootReply, 0);
  fixed.writeUInt8(ethernet, 1);
  fixed.writeUInt8(6, 2);
  fixed.writeUInt32BE(request.transaction, 4);
  fixed.writeUInt16BE(reply.flags, 10);
  fixed.writeUInt32BE(reply.clientAddress, 12);
  fixed.writeUInt32BE(reply.yourAddress, 16);
  fixed.writeUInt32BE(request.relayAddress, 24);
  fixed.writeUIntBE(Number(request.clientMac), 28, 6);
  fixed.writeUInt32BE(magicCookie, fixedLength);
  const parts: Uint8Array[] = [fixed];
  let length = fixed.length + 1;
  for (const [code, value] of reply.options) {
    if (value.length > 255 || length + 2 + value.length > reply.maximumLength) continue;
    parts.push(Uint8Array.of(code, value.length), value);
    length += 2 + value.length;
  }
  parts.push(Uint8Array.of(optionCodes.end));
  if (length < minimumLength) parts.push(new Uint8Array(minimumLength - length));
  return Buffer.concat(parts);
}
