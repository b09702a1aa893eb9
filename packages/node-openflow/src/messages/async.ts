import { decodeProperties, writeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { emptyMessage, type MessageCodec } from './codec.ts';
import type { AsyncMasks, GetAsyncReply, GetAsyncRequest, SetAsync } from './session-types.ts';

/** From 1.4 on: properties `u32 mask`, with these types. */
const properties: readonly (keyof AsyncMasks)[] = [
  'packetInSecondary',
  'packetInPrimary',
  'portStatusSecondary',
  'portStatusPrimary',
  'flowRemovedSecondary',
  'flowRemovedPrimary',
  'roleStatusSecondary',
  'roleStatusPrimary',
  'tableStatusSecondary',
  'tableStatusPrimary',
  'requestForwardSecondary',
  'requestForwardPrimary',
];

/** In 1.3: six masks in this order; one that is not given is 0. */
const fixed: readonly (keyof AsyncMasks)[] = [
  'packetInPrimary',
  'packetInSecondary',
  'portStatusPrimary',
  'portStatusSecondary',
  'flowRemovedPrimary',
  'flowRemovedSecondary',
];

function encodeMasks(writer: Writer, masks: AsyncMasks, version: number): void {
  if (version < 5) {
    for (const name of fixed) writer.u32(masks[name] ?? 0, name);
    return;
  }
  for (const [type, name] of properties.entries()) {
    const mask = masks[name];
    if (mask !== undefined) writeProperty(writer, type, () => writer.u32(mask, name));
  }
}

function decodeMasks(reader: Reader, version: number): AsyncMasks {
  if (version < 5) return Object.fromEntries(fixed.map((name) => [name, reader.u32()]));
  const masks: [string, number][] = [];
  decodeProperties(reader, (type, payload) => {
    const name = properties[type];
    if (name) masks.push([name, payload.u32()]);
  });
  return Object.fromEntries(masks);
}

function asyncMessage<M extends SetAsync | GetAsyncReply>(type: M['type'], number: number): MessageCodec<M> {
  return {
    type,
    forms: [{ number }],
    encode: (writer, message, { version }) => encodeMasks(writer, message.masks, version),
    decode: (reader, { version }) => ({ type, masks: decodeMasks(reader, version) }) as M,
  };
}

export const setAsync = asyncMessage<SetAsync>('set-async', 28);
export const getAsyncReply = asyncMessage<GetAsyncReply>('get-async-reply', 27);
export const getAsyncRequest = emptyMessage<GetAsyncRequest>({ type: 'get-async-request' }, { number: 26 });
