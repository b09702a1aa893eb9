import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { enumeration } from '../wire/enumeration.ts';
import { decodeSized, encodeSized } from '../wire/layout.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { decodeFlowDescription, encodeFlowDescription } from './flow-mod.ts';
import type { FlowCounters, FlowDescription } from './flow-mod-types.ts';
import { decodeFlowStatistics, encodeFlowStatistics } from './flow-statistics.ts';
import { allOnes, flowSelection, listOf, onlyOne, type PartCodec, type ReplyOf } from './multipart-codec.ts';

/** Reply in 1.5: statistics; before: `u64 packets, u64 bytes, u32 flows, 4 zeros`. */
const aggregate: PartCodec = {
  part: 'aggregate',
  forms: [{ number: 2 }],
  ...flowSelection,
  encodeReply(writer, { packetCount, byteCount, flowCount, unknown }: ReplyOf<'aggregate'>, version) {
    if (version === 6) {
      encodeFlowStatistics(writer, { packetCount, byteCount, flowCount, ...(unknown ? { unknown } : {}) });
      return;
    }
    writer.u64(packetCount, 'packetCount');
    writer.u64(byteCount, 'byteCount');
    writer.u32(flowCount, 'flowCount');
    writer.pad(4);
  },
  decodeReply(reader, version) {
    if (version === 6) {
      const statistics = decodeFlowStatistics(reader);
      const { packetCount = allOnes, byteCount = allOnes, flowCount = 0, unknown } = statistics;
      return { packetCount, byteCount, flowCount, ...(unknown ? { unknown } : {}) };
    }
    const packetCount = reader.u64();
    const byteCount = reader.u64();
    return { packetCount, byteCount, flowCount: reader.u32() };
  },
  join: onlyOne,
};

const reasons = enumeration('reason for statistics', ['request', 'trigger']);

/** `u16 length, 2 zeros, u8 table, u8 reason, u16 priority, match, statistics`. */
function encodeFlowCounters(writer: Writer, flow: FlowCounters): void {
  encodeSized(writer, 'the statistics of the flow', () => {
    writer.pad(2);
    writer.u8(flow.table, 'table');
    writer.u8(reasons.number(flow.reason as 'request'), 'reason');
    writer.u16(flow.priority, 'priority');
    encodeMatch(writer, flow.match, 6);
    encodeFlowStatistics(writer, flow);
  });
}

function decodeFlowCounters(reader: Reader): FlowCounters {
  return decodeSized(reader, 'a flow', 8, () => {
    reader.skip(2);
    const table = reader.u8();
    const reason = reasons.name(reader.u8());
    const priority = reader.u16();
    return { table, reason, priority, match: decodeMatch(reader), ...decodeFlowStatistics(reader) };
  });
}

/** What switches tell about flows. */
export const flowParts: readonly PartCodec[] = [
  {
    part: 'flow-desc',
    forms: [{ number: 1 }],
    ...flowSelection,
    ...listOf<FlowDescription>('flows', encodeFlowDescription, decodeFlowDescription),
  },
  aggregate,
  {
    part: 'flow-stats',
    forms: [{ number: 17, versions: [6, 6] }],
    ...flowSelection,
    ...listOf<FlowCounters>('flows', encodeFlowCounters, decodeFlowCounters),
  },
];
