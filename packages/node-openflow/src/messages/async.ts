import { number, property, propertyTable } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { emptyMessage, type MessageCodec, type MessageForm, niciraExperimenter } from './codec.ts';
import type { NiciraSetAsync, NiciraSetAsync2 } from './nicira-types.ts';
import type { AsyncMasks, GetAsyncReply, GetAsyncRequest, SetAsync } from './session-types.ts';
import type { Version } from './types.ts';

type MaskName = Exclude<keyof AsyncMasks, 'unknown'>;

const mask = property<AsyncMasks>();
const u32 = number('u32');
const since15 = { versions: [6, 6] } as const;

/** From 1.4 on: properties `u32 mask`, with these types. */
export const asyncProperties = propertyTable<AsyncMasks>('ofp_async_config', [
  mask(0, 'packetInSecondary', u32),
  mask(1, 'packetInPrimary', u32),
  mask(2, 'portStatusSecondary', u32),
  mask(3, 'portStatusPrimary', u32),
  mask(4, 'flowRemovedSecondary', u32),
  mask(5, 'flowRemovedPrimary', u32),
  mask(6, 'roleStatusSecondary', u32),
  mask(7, 'roleStatusPrimary', u32),
  mask(8, 'tableStatusSecondary', u32),
  mask(9, 'tableStatusPrimary', u32),
  mask(10, 'requestForwardSecondary', u32),
  mask(11, 'requestForwardPrimary', u32),
  mask(12, 'flowStatsSecondary', u32, since15),
  mask(13, 'flowStatsPrimary', u32, since15),
  mask(14, 'controllerStatusSecondary', u32, since15),
  mask(15, 'controllerStatusPrimary', u32, since15),
]);

/** In 1.3: six masks in this order; one that is not given is 0. */
const fixed: readonly MaskName[] = [
  'packetInPrimary',
  'packetInSecondary',
  'portStatusPrimary',
  'portStatusSecondary',
  'flowRemovedPrimary',
  'flowRemovedSecondary',
];

function encodeMasks(writer: Writer, masks: AsyncMasks, version: Version): void {
  if (version >= 5) asyncProperties.encode(writer, masks, version);
  else for (const name of fixed) writer.u32(masks[name] ?? 0, name);
}

function decodeMasks(reader: Reader, version: Version): AsyncMasks {
  if (version >= 5) return asyncProperties.decode(reader, version);
  return Object.fromEntries(fixed.map((name) => [name, reader.u32()]));
}

function asyncMessage<M extends SetAsync | GetAsyncReply | NiciraSetAsync | NiciraSetAsync2>(
  type: M['type'],
  form: MessageForm,
  layoutVersion?: Version,
): MessageCodec<M> {
  return {
    type,
    forms: [form],
    encode: (writer, message, { version }) => encodeMasks(writer, message.masks, layoutVersion ?? version),
    decode: (reader, { version }) => ({ type, masks: decodeMasks(reader, layoutVersion ?? version) }) as M,
  };
}

export const setAsync = asyncMessage<SetAsync>('set-async', { number: 28 });
export const getAsyncReply = asyncMessage<GetAsyncReply>('get-async-reply', { number: 27 });
export const getAsyncRequest = emptyMessage<GetAsyncRequest>({ type: 'get-async-request' }, { number: 26 });
/** As `set-async` in 1.3. */
export const niciraSetAsync = asyncMessage<NiciraSetAsync>(
  'nicira-set-async',
  { number: 19, experimenter: niciraExperimenter },
  4,
);
/** As `set-async` since 1.4. */
export const niciraSetAsync2 = asyncMessage<NiciraSetAsync2>(
  'nicira-set-async2',
  { number: 27, experimenter: niciraExperimenter, versions: [4, 4] },
  5,
);
