import { malformed, slice } from '../bytes.ts';
import { ipv6Bytes, readIpv6 } from '../ipv6.ts';

/** Message types (RFC 8415, section 7.3). */
export const messageTypes = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  informationRequest: 11,
} as const;

/** Option codes (RFC 8415, section 21). */
export const optionCodes = {
  clientIdentifier: 1,
  serverIdentifier: 2,
  addressAssociation: 3,
  address: 5,
  statusCode: 13,
  rapidCommit: 14,
} as const;

/** Status codes (RFC 8415, section 21.13). */
export const statusCodes = { success: 0, noAddresses: 2, notOnLink: 4 } as const;

export type Option = readonly [code: number, value: Buffer];

/** What matters of a client's message. */
export interface Request {
  readonly type: number;
  readonly transaction: Buffer;
  readonly options: readonly Option[];
}

/** RFC 8415, section 8. @throws AgentError `malformed-packet` */
export function parseRequest(message: Buffer): Request {
  const head = slice(message, 0, 4);
  return {
    type: head.readUInt8(0),
    transaction: head.subarray(1),
    options: [...readOptions(message.subarray(4))],
  };
}

/** Code and length, two bytes each, and the value. @throws AgentError `malformed-packet` */
export function* readOptions(bytes: Buffer): Generator<Option> {
  for (let offset = 0; offset < bytes.length; ) {
    const head = slice(bytes, offset, 4);
    const length = head.readUInt16BE(2);
    yield [head.readUInt16BE(0), slice(bytes, offset + 4, length)];
    offset += 4 + length;
  }
}

export function formatOptions(options: readonly Option[]): Buffer {
  return Buffer.concat(
    options.flatMap(([code, value]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(code, 0);
      head.writeUInt16BE(value.length, 2);
      return [head, value];
    }),
  );
}

/** The identity association of a client, with the addresses that it believes to have (RFC 8415, section 21.4). */
export interface Association {
  readonly identifier: Buffer;
  readonly addresses: readonly bigint[];
}

/** @throws AgentError `malformed-packet` */
export function parseAssociation(value: Buffer): Association {
  const addresses = [...readOptions(slice(value, 12))]
    .filter(([code]) => code === optionCodes.address)
    .map(([, option]) => readIpv6(option, 0));
  return { identifier: slice(value, 0, 4), addresses };
}

/** An address with its times in seconds; zeros take it away (RFC 8415, section 21.6). */
export function addressOption(address: bigint, preferred: number, valid: number): Option {
  const value = Buffer.alloc(24);
  value.set(ipv6Bytes(address), 0);
  value.writeUInt32BE(preferred, 16);
  value.writeUInt32BE(valid, 20);
  return [optionCodes.address, value];
}

export function statusOption(status: keyof typeof statusCodes): Option {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(statusCodes[status]);
  return [optionCodes.statusCode, code];
}

/** The client's identifier. @throws AgentError `malformed-packet` when it is needed and absent */
export function requireClient(request: Request): Option {
  const client = request.options.find(([code]) => code === optionCodes.clientIdentifier);
  if (!client) throw malformed(`DHCPv6 message of type ${request.type} without a client identifier`);
  return client;
}
