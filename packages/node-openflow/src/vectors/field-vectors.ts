import type { FieldCode, FieldDefinition, Prerequisite } from '../fields/definition.ts';
import { actionTable, matchTable } from '../fields/registry.ts';
import type { Version } from '../messages/types.ts';
import { rawApplyActions, rawFlowMod } from './raw-flow-mod.ts';

/** A flow-mod with one field, under one of its numbers: in the match, or as what a `push` reads. */
export interface FieldVector {
  readonly code: string;
  readonly hex: string;
}

const ethertype = (value: string) => `80000a02${value}`;
const ipv4 = ethertype('0800');
const ipv6 = ethertype('86dd');
const protocol = (value: string) => `80001401${value}`;
const nd = (type: string) => `${ipv6}${protocol('3a')}80003a01${type}80003c0100`;
/** ct_state=+est+trk */
const tracked = '0001d3080000002200000022';

/** What a match must say before a field with this prerequisite. */
const before: Readonly<Record<Prerequisite, string>> = {
  ethernet: '',
  vlan: '80000c021005',
  mpls: ethertype('8847'),
  ipv4,
  ipv6,
  ip: ipv4,
  arp: ethertype('0806'),
  tcp: ipv4 + protocol('06'),
  udp: ipv4 + protocol('11'),
  sctp: ipv4 + protocol('84'),
  icmpv4: ipv4 + protocol('01'),
  icmpv6: ipv6 + protocol('3a'),
  nd: nd('88'),
  'nd-solicitation': nd('87'),
  'nd-advertisement': nd('88'),
  nsh: ethertype('894f'),
  'ct-ip': ipv4 + tracked,
  'ct-ipv4': ipv4 + tracked,
  'ct-ipv6': ipv6 + tracked,
  'ct-transport': `${ipv4}${tracked}0001ee0106`,
};

/** Values of fields for which 1 says nothing or is not allowed. */
const values: Readonly<Record<string, number>> = {
  eth_type: 0x88cc,
  vlan_tci: 0x1005,
  vlan_vid: 0x1005,
  packet_type: 0x10800,
  nw_tos: 32,
  ip_proto: 47,
  icmpv6_type: 128,
  ct_state: 0x21,
};

/** nsh_mdtype=1, which says that there are the four context headers. */
const contextHeaders = 'ffff0405005ad65001';

function versionsOf({ name, since }: FieldCode): readonly Version[] {
  if (since === 6) return [6];
  return name === 'OXM_OF_PBB_UCA' ? [5, 6] : [4, 5, 6];
}

/** The header of an entry, with an experimenter where the class wants one. */
function header({ class: oxmClass, field, experimenter }: FieldCode, length: number): string {
  const vendor = experimenter === undefined ? '' : experimenter.toString(16).padStart(8, '0');
  const head = ((oxmClass << 16) | (field << 9) | (length + vendor.length / 2)) >>> 0;
  return head.toString(16).padStart(8, '0') + vendor;
}

function matchWith(
  { name, bytes, prerequisite }: FieldDefinition,
  code: FieldCode,
  version: Version,
): string {
  const length = bytes === 0 ? 4 : bytes;
  const value = (values[name] ?? 1).toString(16).padStart(length * 2, '0');
  const context = name.startsWith('nsh_c') ? contextHeaders : '';
  const entries = (prerequisite ? before[prerequisite] : '') + context + header(code, length) + value;
  return rawFlowMod(version, entries, '');
}

/** Nicira 27: `u16 offset, field header, u16 bits, zeros`. */
function pushOf({ bits }: FieldDefinition, code: FieldCode, version: Version): string {
  const push = `ffff001800002320001b0000${header(code, Math.ceil(bits / 8))}`;
  return rawFlowMod(
    version,
    '',
    rawApplyActions(`${push}${bits.toString(16).padStart(4, '0')}`.padEnd(48, '0')),
  );
}

/** Every field in every version that has it, under each of its numbers, put together without the library's encoder. */
export function fieldVectors(): FieldVector[] {
  const inMatches = new Set(matchTable.definitions.flatMap(({ codes }) => codes.map(({ name }) => name)));
  const of = (definition: FieldDefinition, make: typeof matchWith) =>
    definition.codes.flatMap((code) =>
      versionsOf(code).map((version) => ({ code: code.name, hex: make(definition, code, version) })),
    );
  const onlyInActions = actionTable.definitions.filter(({ codes }) =>
    codes.every(({ name }) => !inMatches.has(name)),
  );
  return [
    ...matchTable.definitions.flatMap((definition) => of(definition, matchWith)),
    ...onlyInActions.flatMap((definition) => of(definition, pushOf)),
  ];
}
