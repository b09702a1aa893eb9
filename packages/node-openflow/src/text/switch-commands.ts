import { ipv4, ipv6 } from '../fields/addresses.ts';
import type { ConntrackFlush, ConntrackTuple, TlvMapping } from '../messages/extension-types.ts';
import { badText, keyValues, parseInteger } from './syntax.ts';

/**
 * Reads mappings of Geneve options, such as `{class=0xffff,type=0x80,len=4}->tun_metadata0`, with commas between them.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseTlvMappings(text: string): TlvMapping[] {
  const pattern = /,?\{class=(\w+),type=(\w+),len=(\w+)\}->tun_metadata(\d+)\s*/y;
  const mappings: TlvMapping[] = [];
  pattern.lastIndex = text.length - text.trimStart().length;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const parts = pattern.exec(text);
    if (!parts)
      return badText(`"${text.slice(at)}" is not like {class=0xffff,type=0,len=4}->tun_metadata0`, at);
    const [, optionClass = '', optionType = '', optionLength = '', index = ''] = parts;
    mappings.push({
      optionClass: parseInteger(optionClass, 16, 'class'),
      optionType: parseInteger(optionType, 8, 'type'),
      optionLength: parseInteger(optionLength, 8, 'len'),
      index: Number(index),
    });
  }
  return mappings.length > 0 ? mappings : badText('at least one mapping is needed');
}

export function parseZone(text: string): number {
  return parseInteger(text, 16, 'zone');
}

interface FlushDraft {
  zone?: number;
  protocol: number;
}
type TupleDraft = { -readonly [Key in keyof ConntrackTuple]: ConntrackTuple[Key] };

const isIcmp = (protocol: number) => protocol === 1 || protocol === 58;

const tupleKeys: Readonly<Record<string, (tuple: TupleDraft, value: string, flush: FlushDraft) => void>> = {
  ct_nw_src(tuple, value) {
    tuple.source = ipv4.parse(value);
  },
  ct_nw_dst(tuple, value) {
    tuple.destination = ipv4.parse(value);
  },
  ct_ipv6_src(tuple, value) {
    tuple.source = ipv6.parse(value);
  },
  ct_ipv6_dst(tuple, value) {
    tuple.destination = ipv6.parse(value);
  },
  ct_nw_proto(_, value, flush) {
    flush.protocol = parseInteger(value, 8, 'ct_nw_proto');
  },
  ct_tp_src(tuple, value) {
    tuple.sourcePort = parseInteger(value, 16, 'ct_tp_src');
  },
  ct_tp_dst(tuple, value) {
    tuple.destinationPort = parseInteger(value, 16, 'ct_tp_dst');
  },
  icmp_id(tuple, value) {
    tuple.icmpId = parseInteger(value, 16, 'icmp_id');
  },
  icmp_type(tuple, value) {
    tuple.icmpType = parseInteger(value, 8, 'icmp_type');
  },
  icmp_code(tuple, value) {
    tuple.icmpCode = parseInteger(value, 8, 'icmp_code');
  },
};

function parseTuple(text: string, flush: FlushDraft): ConntrackTuple | undefined {
  const tuple: TupleDraft = {};
  for (const { key, value } of keyValues(text)) {
    const set = tupleKeys[key] ?? badText(`a conntrack tuple has no "${key}"`);
    if (key.startsWith('icmp') && !isIcmp(flush.protocol))
      badText(`${key} needs ct_nw_proto=1 or 58 before it`);
    set(tuple, value, flush);
  }
  if (
    typeof (tuple.source ?? 0) !== typeof (tuple.destination ?? tuple.source ?? 0) &&
    tuple.destination !== undefined
  )
    badText(`"${text}" has addresses of IPv4 and IPv6`);
  if (isIcmp(flush.protocol)) return { icmpId: 0, icmpType: 0, icmpCode: 0, ...tuple };
  const ports = tuple.sourcePort !== undefined || tuple.destinationPort !== undefined;
  if (ports && flush.protocol === 0) badText(`"${text}" has ports, but no ct_nw_proto`);
  return Object.keys(tuple).length > 0 ? tuple : undefined;
}

/**
 * Reads what ovs-ofctl's `ct-flush` takes: `zone=5`, then a tuple of the original and one of the reply direction, each
 * optional, with white space between them. Tuples are like `ct_nw_src=10.0.0.1,ct_nw_proto=6,ct_tp_dst=80`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseConntrackFlush(text: string): ConntrackFlush {
  const words = text.split(/\s+/).map((word) => word.replace(/^'(.*)'$/, '$1'));
  const arguments_ = words.filter((word) => word !== '');
  const flush: FlushDraft = { protocol: 0 };
  if (arguments_[0]?.startsWith('zone=')) flush.zone = parseZone((arguments_.shift() as string).slice(5));
  if (arguments_.length > 2) badText('ct-flush takes a zone and two tuples');
  const original = parseTuple(arguments_[0] ?? '', flush);
  const reply = parseTuple(arguments_[1] ?? '', flush);
  return { type: 'ct-flush', ...flush, ...(original && { original }), ...(reply && { reply }) };
}
