import { ports } from '../ports.ts';
import { layout } from '../wire/layout.ts';
import { flowMonitorPart } from './flow-monitor.ts';
import { flowParts } from './flow-parts.ts';
import { groupMeterParts } from './group-meter-parts.ts';
import { listOf, oneOrAll, type PartCodec, plainRequest, type ReplyOf, single } from './multipart-codec.ts';
import { decodePort, encodePort } from './port.ts';
import { decodePortStatistics, encodePortStatistics } from './port-statistics.ts';
import type { PortDescription, PortStatistics } from './port-types.ts';
import { queueParts } from './queue.ts';
import { switchStatusParts } from './switch-status.ts';
import { decodeTableDescription, encodeTableDescription, tableStatistics } from './table.ts';
import { decodeTableFeatures, encodeTableFeatures } from './table-features.ts';
import type { TableConfiguration, TableFeatures, TableStatistics } from './table-types.ts';

const description = layout<ReplyOf<'description'>>(
  ['text', 'manufacturer', 256],
  ['text', 'hardware', 256],
  ['text', 'software', 256],
  ['text', 'serialNumber', 32],
  ['text', 'datapath', 256],
);
const features = listOf<TableFeatures>('tables', encodeTableFeatures, decodeTableFeatures);

/** Every kind of multipart message there is. To add one, write its codec and put it here. */
export const partCodecs: readonly PartCodec[] = [
  {
    part: 'description',
    forms: [{ number: 0 }],
    ...plainRequest,
    ...single(description.encode, description.decode),
  },
  ...flowParts,
  {
    part: 'table-stats',
    forms: [{ number: 3 }],
    ...plainRequest,
    ...listOf<TableStatistics>('tables', tableStatistics.encode, tableStatistics.decode),
  },
  {
    part: 'port-stats',
    forms: [{ number: 4 }],
    ...oneOrAll('port', ports.any, 4),
    ...listOf<PortStatistics>('ports', encodePortStatistics, decodePortStatistics),
  },
  ...queueParts,
  ...groupMeterParts,
  {
    part: 'table-features',
    forms: [{ number: 12 }],
    // A request may set features: it has the same body as the reply, but no tables where it only asks.
    encodeRequest(writer, request, version) {
      for (const table of ('tables' in request && request.tables) || [])
        encodeTableFeatures(writer, table, version);
    },
    decodeRequest: (reader, version) => (reader.remaining > 0 ? features.decodeReply(reader, version) : {}),
    ...features,
  },
  {
    part: 'port-desc',
    forms: [{ number: 13 }],
    ...oneOrAll('port', ports.any, 6),
    ...listOf<PortDescription>('ports', encodePort, decodePort),
  },
  {
    part: 'table-desc',
    forms: [{ number: 14, versions: [5, 6] }],
    ...plainRequest,
    ...listOf<TableConfiguration>('tables', encodeTableDescription, decodeTableDescription),
  },
  flowMonitorPart,
  ...switchStatusParts,
];
