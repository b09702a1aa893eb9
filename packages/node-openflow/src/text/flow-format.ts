import { formatMatch } from '../fields/match-format.ts';
import { formatInstructions } from '../instructions/registry.ts';
import type { FlowDescription, FlowFlag, FlowMod } from '../messages/flow-mod-types.ts';
import { allTables, defaultPriority, groups, ports } from '../ports.ts';
import { type FormatOptions, formatPort, formatTable } from './context.ts';
import { hexadecimal } from './syntax.ts';

export const flagWords: readonly (readonly [word: string, flag: FlowFlag])[] = [
  ['send_flow_rem', 'send-flow-removed'],
  ['check_overlap', 'check-overlap'],
  ['reset_counts', 'reset-counts'],
  ['no_packet_counts', 'no-packet-counts'],
  ['no_byte_counts', 'no-byte-counts'],
];

function isDeletion(flow: FlowMod | FlowDescription): flow is FlowMod {
  return 'command' in flow && (flow.command === 'delete' || flow.command === 'delete-strict');
}

function formatCookie(flow: FlowMod | FlowDescription): string[] {
  const mask = 'cookieMask' in flow ? flow.cookieMask : undefined;
  if (mask) return [`cookie=${hexadecimal(flow.cookie ?? 0n)}/${hexadecimal(mask)}, `];
  return flow.cookie ? [`cookie=${hexadecimal(flow.cookie)}, `] : [];
}

function formatTablePart(flow: FlowMod | FlowDescription, options: FormatOptions): string[] {
  const { table } = flow;
  if (table === 0 && !options.tableNames?.has(0)) return [];
  return table === allTables && isDeletion(flow) ? [] : [`table=${formatTable(table, options.tableNames)}, `];
}

/** What stands before priority and match, each part with its own separator. */
function formatHead(flow: FlowMod | FlowDescription, options: FormatOptions): string {
  const parts = [...formatCookie(flow), ...formatTablePart(flow, options)];
  if (flow.idleTimeout) parts.push(`idle_timeout=${flow.idleTimeout}, `);
  if (flow.hardTimeout) parts.push(`hard_timeout=${flow.hardTimeout}, `);
  for (const [word, flag] of flagWords) if (flow.flags?.includes(flag)) parts.push(`${word} `);
  if (flow.importance) parts.push(`importance=${flow.importance}, `);
  return parts.join('');
}

/** For deletions: the restrictions to flows that send to a port or group. */
function formatTargets(flow: FlowMod, options: FormatOptions): string[] {
  const parts: string[] = [];
  if (flow.outPort !== undefined && flow.outPort !== ports.any) {
    parts.push(`out_port=${formatPort(flow.outPort, options.portNames)}`);
  }
  if (flow.outGroup !== undefined && flow.outGroup !== groups.any) parts.push(`out_group=${flow.outGroup}`);
  return parts;
}

/**
 * Writes a flow as `ovs-ofctl dump-flows --no-stats` prints it. A deletion, which has no actions, ends with its match.
 * The result can be read again by `parseFlow`.
 */
export function formatFlow(flow: FlowMod | FlowDescription, options: FormatOptions = {}): string {
  const priority = flow.priority ?? defaultPriority;
  const deletion = isDeletion(flow);
  const showPriority = priority !== defaultPriority && !(deletion && flow.command === 'delete');
  const match = formatMatch(flow.match, options);
  const middle = [
    ...(showPriority ? [`priority=${priority}`] : []),
    ...(match === '' ? [] : [match]),
    ...(deletion ? formatTargets(flow, options) : []),
  ].join(',');
  const head = formatHead(flow, options);
  if (deletion) return `${head}${middle}`.replace(/[, ]+$/, '');
  return `${head}${middle}${middle === '' ? '' : ' '}actions=${formatInstructions(flow.instructions, options)}`;
}
