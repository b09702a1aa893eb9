import type { FieldName, FieldValue } from 'node-openflow';
import type { Walk } from '../fabric/observation.ts';

/**
 * A part of a packet's walk between two visits of the connection tracker. What the tracker says is the start of the
 * next part, so that each part can be traced alone, with the connection as the simulator had it.
 */
export interface Segment {
  /** Table where it starts; 0 for a packet that comes in. */
  readonly table: number;
  /** Everything about the packet there. */
  readonly start: ReadonlyMap<FieldName, FieldValue>;
  /** `table priority` of each flow, or `table -` where none matched, in order. */
  readonly lookups: readonly string[];
  /** Everything about the packet at the end. */
  readonly end: ReadonlyMap<FieldName, FieldValue>;
  /** Bytes of the packet; undefined: as few as its headers need. */
  readonly length: number | undefined;
}

interface OpenSegment {
  table: number;
  start: ReadonlyMap<FieldName, FieldValue>;
  lookups: string[];
}

/** The parts of a walk. */
export function segmentsOf({ packet, inPort, result }: Walk): Segment[] {
  const segments: Segment[] = [];
  let open: OpenSegment = { table: 0, start: new Map([...packet.fields, ['in_port', inPort]]), lookups: [] };
  for (const step of result.trace) {
    if (step.type === 'resume') open = { table: step.table, start: step.fields, lookups: [] };
    else if (step.type === 'lookup') open.lookups.push(`${step.table} ${step.flow?.priority ?? '-'}`);
    else if (step.type === 'final') segments.push({ ...open, end: step.fields, length: packet.length });
  }
  return segments;
}

/**
 * The walks through tables that are still as they were: after a packet from which a switch learned a neighbour, its
 * tables are others than those that earlier walks met.
 */
export function walksOfPresentTables(walks: readonly Walk[]): readonly Walk[] {
  const learned = walks.findLastIndex(({ result }) =>
    result.trace.some((step) => step.type === 'action' && step.text.startsWith('learn(')),
  );
  return walks.slice(learned + 1);
}
