import { enumeration } from '../wire/enumeration.ts';
import { type Payload, property, propertyTable } from '../wire/property-table.ts';
import { emptyMessage, type MessageCodec, onfExperimenter } from './codec.ts';
import { errorNames } from './error-names.ts';
import type * as session from './session-types.ts';

const experimenterErrors = 0xffff;

/** A bitmap: bit n is version n. */
const versionBitmap: Payload<readonly number[]> = {
  write(writer, versions) {
    const words = new Array<number>(Math.floor(Math.max(...versions, 0) / 32) + 1).fill(0);
    for (const version of versions) {
      words[version >> 5] = ((words[version >> 5] as number) | (1 << (version & 31))) >>> 0;
    }
    for (const word of words) writer.u32(word);
  },
  read(reader) {
    const versions: number[] = [];
    for (let base = 0; reader.remaining >= 4; base += 32) {
      const word = reader.u32();
      for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 1) versions.push(base + bit);
    }
    return versions;
  },
};

export const helloElements = propertyTable<Pick<session.Hello, 'versions'>>('ofp_hello', [
  property<session.Hello>()(1, 'versions', versionBitmap),
]);

export const hello: MessageCodec<session.Hello> = {
  type: 'hello',
  forms: [{ number: 0 }],
  encode: (writer, message, { version }) => helloElements.encode(writer, message, version),
  decode: (reader, { version }) => ({ type: 'hello', ...helloElements.decode(reader, version) }),
};

function echo<M extends session.EchoRequest | session.EchoReply>(
  type: M['type'],
  number: number,
): MessageCodec<M> {
  return {
    type,
    forms: [{ number }],
    encode(writer, message) {
      if (message.data) writer.raw(message.data);
    },
    decode: (reader) => (reader.remaining > 0 ? { type, data: reader.rest() } : { type }) as M,
  };
}

export const echoRequest = echo<session.EchoRequest>('echo-request', 2);
export const echoReply = echo<session.EchoReply>('echo-reply', 3);

/** `u16 type, u16 code, [type 0xffff: u32 experimenter], data`. */
export const error: MessageCodec<session.ErrorMessage> = {
  type: 'error',
  forms: [{ number: 1 }],
  encode(writer, message) {
    writer.u16(message.errorType, 'errorType');
    writer.u16(message.errorCode, 'errorCode');
    if (message.errorType === experimenterErrors) writer.u32(message.experimenter ?? 0, 'experimenter');
    writer.raw(message.data);
  },
  decode(reader) {
    const errorType = reader.u16();
    const errorCode = reader.u16();
    const experimenter = errorType === experimenterErrors ? reader.u32() : undefined;
    const { typeName, codeName } = errorNames(errorType, errorCode, experimenter);
    return {
      type: 'error',
      errorType,
      errorCode,
      ...(experimenter === undefined ? {} : { experimenter }),
      ...(typeName === undefined ? {} : { typeName }),
      ...(codeName === undefined ? {} : { codeName }),
      data: reader.rest(),
    };
  },
  format: ({ errorType, errorCode, typeName, codeName }) =>
    codeName ?? `${typeName ?? errorType} code ${errorCode}`,
};

export const featuresRequest = emptyMessage<session.FeaturesRequest>(
  { type: 'features-request' },
  { number: 5 },
);

/** `u64 datapath, u32 buffers, u8 tables, u8 auxiliary, 2 zeros, u32 capabilities, u32 reserved`. */
export const featuresReply: MessageCodec<session.FeaturesReply> = {
  type: 'features-reply',
  forms: [{ number: 6 }],
  encode(writer, message) {
    writer.u64(message.datapathId, 'datapathId');
    writer.u32(message.buffers, 'buffers');
    writer.u8(message.tables, 'tables');
    writer.u8(message.auxiliaryId, 'auxiliaryId');
    writer.pad(2);
    writer.u32(message.capabilities, 'capabilities');
    writer.pad(4);
  },
  decode(reader) {
    const datapathId = reader.u64();
    const buffers = reader.u32();
    const tables = reader.u8();
    const auxiliaryId = reader.u8();
    reader.skip(2);
    return { type: 'features-reply', datapathId, buffers, tables, auxiliaryId, capabilities: reader.u32() };
  },
};

export const getConfigRequest = emptyMessage<session.GetConfigRequest>(
  { type: 'get-config-request' },
  { number: 7 },
);

/** `u16 flags, u16 miss send length`. */
function config<M extends session.GetConfigReply | session.SetConfig>(
  type: M['type'],
  number: number,
): MessageCodec<M> {
  return {
    type,
    forms: [{ number }],
    encode(writer, message) {
      writer.u16(message.flags, 'flags');
      writer.u16(message.missSendLength, 'missSendLength');
    },
    decode: (reader) => ({ type, flags: reader.u16(), missSendLength: reader.u16() }) as M,
  };
}

export const getConfigReply = config<session.GetConfigReply>('get-config-reply', 8);
export const setConfig = config<session.SetConfig>('set-config', 9);

export const barrierRequest = emptyMessage<session.BarrierRequest>(
  { type: 'barrier-request' },
  { number: 20 },
);
export const barrierReply = emptyMessage<session.BarrierReply>({ type: 'barrier-reply' }, { number: 21 });

export const roles = enumeration('role', ['no-change', 'equal', 'primary', 'secondary']);

/** `u32 role, u16 short id (1.5), 2 zeros, u64 generation id`. */
function role<M extends session.RoleRequest | session.RoleReply>(
  type: M['type'],
  number: number,
): MessageCodec<M> {
  return {
    type,
    forms: [{ number }],
    encode(writer, message, { version }) {
      writer.u32(roles.number(message.role));
      writer.u16(version === 6 ? (message.shortId ?? 0) : 0, 'shortId');
      writer.pad(2);
      writer.u64(message.generationId ?? 0n, 'generationId');
    },
    decode(reader, { version }) {
      const at = reader.offset;
      const name = roles.strictName(reader.u32(), at);
      const shortId = reader.u16();
      reader.skip(2);
      const generationId = reader.u64();
      // Before 1.5 the bytes of the short id are padding.
      return { type, role: name, generationId, ...(version !== 6 || shortId === 0 ? {} : { shortId }) } as M;
    },
  };
}

export const roleRequest = role<session.RoleRequest>('role-request', 24);
export const roleReply = role<session.RoleReply>('role-reply', 25);

/** Only experimenters have any. */
const roleProperties = propertyTable<object>('ofp_role_status', []);

/** `u32 role, u8 reason, 3 zeros, u64 generation id`, properties. In 1.3 a message of the ONF. */
export const roleStatus: MessageCodec<session.RoleStatus> = {
  type: 'role-status',
  forms: [
    { number: 30, versions: [5, 6] },
    { number: 1911, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encode(writer, message, { version }) {
    writer.u32(roles.number(message.role));
    writer.u8(message.reason, 'reason');
    writer.pad(3);
    writer.u64(message.generationId, 'generationId');
    roleProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const at = reader.offset;
    const name = roles.strictName(reader.u32(), at);
    const reason = reader.u8();
    reader.skip(3);
    const generationId = reader.u64();
    return {
      type: 'role-status',
      role: name,
      reason,
      generationId,
      ...roleProperties.decode(reader, version),
    };
  },
};
