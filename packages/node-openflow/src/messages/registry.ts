import { OpenFlowError } from '../errors.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import type { MessageCodec, MessageDecodeContext, MessageEncodeContext, MessageForm } from './codec.ts';
import { messageCodecs } from './message-codecs.ts';
import type { DecodedMessage, Message, Version } from './types.ts';

const headerLength = 8;
const experimenterMessage = 4;
/** Messages inside messages: a bundle may contain any message but a bundle. */
const deepestNesting = 2;

interface Entry {
  readonly codec: MessageCodec;
  readonly form: MessageForm;
}

interface Tables {
  readonly byType: Map<string, Entry>;
  readonly byNumber: Map<number, Entry>;
}

function formKey(number: number, experimenter: number): number {
  return experimenter * 0x1_0000 + number;
}

function tablesOf(version: Version): Tables {
  const tables: Tables = { byType: new Map(), byNumber: new Map() };
  for (const codec of messageCodecs) {
    for (const form of codec.forms) {
      const [first, last] = form.versions ?? [4, 6];
      if (version < first || version > last) continue;
      tables.byType.set(codec.type, { codec, form });
      tables.byNumber.set(formKey(form.number, form.experimenter ?? 0), { codec, form });
    }
  }
  return tables;
}

const tables: Readonly<Record<Version, Tables>> = { 4: tablesOf(4), 5: tablesOf(5), 6: tablesOf(6) };

function isVersion(version: number): version is Version {
  return version === 4 || version === 5 || version === 6;
}

class EncodeContext implements MessageEncodeContext {
  readonly version: Version;
  readonly xid: number;

  constructor(version: Version, xid: number) {
    this.version = version;
    this.xid = xid;
  }

  encodeMessage(writer: Writer, message: Message, xid = this.xid): void {
    writeMessage(writer, message, new EncodeContext(this.version, xid));
  }
}

function writeMessage(writer: Writer, message: Message, context: EncodeContext): void {
  const start = writer.length;
  if (message.type === 'unknown') {
    writer.raw(message.raw);
    new DataView(writer.bytes.buffer).setUint32(start + 4, context.xid);
    return;
  }
  const entry = tables[context.version].byType.get(message.type);
  if (!entry) {
    throw new OpenFlowError(
      'OPENFLOW_NOT_IN_VERSION',
      `there is no message "${String(message.type)}" in version ${context.version} of the protocol`,
    );
  }
  const { experimenter, number } = entry.form;
  writer.u8(context.version);
  writer.u8(experimenter === undefined ? number : experimenterMessage);
  writer.u16(0);
  writer.u32(context.xid, 'xid');
  if (experimenter !== undefined) {
    writer.u32(experimenter);
    writer.u32(number);
  }
  entry.codec.encode(writer, message, context);
  writer.patch16(start + 2, writer.length - start, `the message ${message.type}`);
}

/** Size of the pieces of memory that encoded messages are cut from; large ones get their own. */
const arenaSize = 16384;
const largestInArena = 2048;
let arena = new ArrayBuffer(arenaSize);
let arenaUsed = 0;

/** A copy that shares its memory with other messages, but no byte with any of them. */
function copyOut(writer: Writer): Uint8Array {
  const { length } = writer;
  if (length > largestInArena) return writer.bytes.slice(0, length);
  if (arenaUsed + length > arenaSize) {
    arena = new ArrayBuffer(arenaSize);
    arenaUsed = 0;
  }
  const copy = new Uint8Array(arena, arenaUsed, length);
  for (let i = 0; i < length; i++) copy[i] = writer.bytes[i] as number;
  arenaUsed += (length + 7) & ~7;
  return copy;
}

const sharedWriter = new Writer();
let sharedInUse = false;

export interface EncodeOptions {
  /** Default 6: OpenFlow 1.5. */
  readonly version?: Version;
  /** Default 0. */
  readonly xid?: number;
}

/**
 * Encodes one message, header included.
 * @throws OpenFlowError for values that do not fit, or that the version cannot say
 */
export function encodeMessage(message: Message, options: EncodeOptions = {}): Uint8Array {
  const { version = 6, xid = 0 } = options;
  if (!isVersion(version)) {
    throw new OpenFlowError(
      'OPENFLOW_UNSUPPORTED_VERSION',
      `version ${String(version)} is none of 4, 5 and 6`,
    );
  }
  const writer = sharedInUse ? new Writer() : sharedWriter;
  const owner = writer === sharedWriter;
  sharedInUse = true;
  try {
    writer.reset();
    writeMessage(writer, message, new EncodeContext(version, xid));
    return copyOut(writer);
  } finally {
    if (owner) sharedInUse = false;
  }
}

class DecodeContext implements MessageDecodeContext {
  readonly version: Version;
  readonly xid: number;
  readonly #depth: number;

  constructor(version: Version, xid: number, depth: number) {
    this.version = version;
    this.xid = xid;
    this.#depth = depth;
  }

  decodeMessage(reader: Reader): DecodedMessage {
    if (this.#depth >= deepestNesting) {
      throw new OpenFlowError('OPENFLOW_TOO_DEEP', 'messages are nested too deeply', reader.offset);
    }
    return readMessage(reader, this.#depth + 1);
  }
}

function findEntry(reader: Reader, version: Version, type: number): Entry | undefined {
  if (type !== experimenterMessage) return tables[version].byNumber.get(type);
  if (reader.remaining < 8) return undefined;
  const experimenter = reader.u32();
  return tables[version].byNumber.get(formKey(reader.u32(), experimenter));
}

/** Hello and error must be understood in any version, since they are how versions are agreed upon. */
function readVersion(reader: Reader, version: number, type: number): Version {
  if (isVersion(version)) return version;
  if (type === 0 || type === 1) return 6;
  throw new OpenFlowError(
    'OPENFLOW_UNSUPPORTED_VERSION',
    `version ${version} is none of 4, 5 and 6`,
    reader.offset,
  );
}

function readMessage(reader: Reader, depth: number): DecodedMessage {
  const start = reader.offset;
  const version = reader.u8();
  const type = reader.u8();
  const length = reader.u16();
  const xid = reader.u32();
  const tableVersion = readVersion(reader, version, type);
  if (length < headerLength) {
    reader.fail('OPENFLOW_BAD_LENGTH', `the message has a length of ${length}`, start + 2);
  }
  const outer = reader.enter(length - headerLength);
  const entry = findEntry(reader, tableVersion, type);
  let message: Message;
  if (entry) {
    message = entry.codec.decode(reader, new DecodeContext(tableVersion, xid, depth));
  } else {
    reader.offset = start;
    message = { type: 'unknown', raw: reader.rest() };
  }
  reader.leave(outer);
  return addEnvelope(message, xid, version);
}

/** Every decoder returns a new object, so that the envelope can be put into it. */
function addEnvelope(message: Message, xid: number, version: number): DecodedMessage {
  const decoded = message as Message & { xid: number; version: number };
  decoded.xid = xid;
  decoded.version = version;
  return decoded;
}

/**
 * Decodes one message, which must be all of `bytes`. Nothing of the result refers to `bytes`.
 * @throws OpenFlowError for malformed input
 */
export function decodeMessage(bytes: Uint8Array): DecodedMessage {
  const reader = new Reader(bytes);
  const message = readMessage(reader, 0);
  if (reader.remaining > 0) {
    reader.fail('OPENFLOW_BAD_LENGTH', `${reader.remaining} bytes follow the message`);
  }
  return message;
}
