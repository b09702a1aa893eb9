import type { FieldName } from './names.ts';

/** How a value is written as text (the "Formatting" of ovs-fields(7)). */
export type ValueFormat =
  | 'decimal'
  | 'hexadecimal'
  | 'ethernet'
  | 'ipv4'
  | 'ipv6'
  | 'port'
  | 'port16'
  | 'fragment'
  | 'ct-state'
  | 'tcp-flags'
  | 'tunnel-flags'
  | 'packet-type';

/** What a match must already say before it may say something about a field (the "Prerequisites" of ovs-fields(7)). */
export type Prerequisite =
  | 'ethernet'
  | 'vlan'
  | 'mpls'
  | 'ipv4'
  | 'ipv6'
  | 'ip'
  | 'arp'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmpv4'
  | 'icmpv6'
  | 'nd'
  | 'nd-solicitation'
  | 'nd-advertisement'
  | 'nsh'
  | 'ct-ip'
  | 'ct-ipv4'
  | 'ct-ipv6'
  | 'ct-transport';

/** One number under which a field travels. A field may have an old (NXM) and a standard (OXM) one. */
export interface FieldCode {
  readonly name: string;
  readonly class: number;
  readonly field: number;
  /** For class 0xffff. */
  readonly experimenter?: number;
  /** First version of OpenFlow that prefers this number; 0 for one that needs no version. */
  readonly since: 0 | 4 | 5 | 6;
}

/** Number of a field as it is written: the upper 23 bits of the OXM header, and what follows the header. */
export interface WireCode {
  readonly name: string;
  readonly head: number;
  readonly experimenter: number | undefined;
}

/** All there is to know about one match field. */
export interface FieldDefinition {
  readonly name: FieldName;
  /** Name in actions, where it differs: `set_field:1->tun_id`. */
  readonly textName: string;
  /** Further names that text may use. */
  readonly aliases: readonly string[];
  readonly bits: number;
  /** Bytes on the wire; 0 where the wire decides (`tun_metadataN`). */
  readonly bytes: number;
  readonly format: ValueFormat;
  readonly maskable: boolean;
  readonly prerequisite: Prerequisite | undefined;
  readonly codes: readonly FieldCode[];
  /** The number in structures that know no version: learn, stack, output-register … */
  readonly versionless: WireCode;
  /** The number that each version prefers, by version (4, 5, 6). */
  readonly preferred: readonly (WireCode | undefined)[];
  /** A mask with these bits counts as no mask. */
  readonly allOnes: bigint;
}

export interface FieldOptions {
  readonly textName?: string;
  readonly aliases?: readonly string[];
  readonly bytes?: number;
  readonly maskable?: boolean;
  readonly prerequisite?: Prerequisite;
  /** Where it is not all `bits`. */
  readonly allOnes?: bigint;
}

const experimenterClass = 0xffff;

export function nxm0(field: number, name: string): FieldCode {
  return { name: `NXM_OF_${name}`, class: 0x0000, field, since: 0 };
}

export function nxm1(field: number, name: string): FieldCode {
  return { name: `NXM_NX_${name}`, class: 0x0001, field, since: 0 };
}

export function oxm(field: number, name: string, since: 4 | 6 = 4): FieldCode {
  return { name: `OXM_OF_${name}`, class: 0x8000, field, since };
}

export function packetRegister(field: number): FieldCode {
  return { name: `OXM_OF_PKT_REG${field}`, class: 0x8001, field, since: 4 };
}

export function onf(field: number, name: string): FieldCode {
  return { name: `ONFOXM_ET_${name}`, class: experimenterClass, field, experimenter: 0x4f4e4600, since: 4 };
}

export function nicira(field: number, name: string): FieldCode {
  return { name: `NXOXM_ET_${name}`, class: experimenterClass, field, experimenter: 0x2320, since: 0 };
}

/** The experimenter of the network service header's fields. */
export function nsh(field: number, name: string): FieldCode {
  return { name: `NXOXM_NSH_${name}`, class: experimenterClass, field, experimenter: 0x005ad650, since: 0 };
}

export function ericsson(field: number, name: string): FieldCode {
  return { name: `ERICOXM_OF_${name}`, class: 0x1000, field, since: 0 };
}

function wireCode(code: FieldCode): WireCode {
  return {
    name: code.name,
    head: ((code.class << 16) | (code.field << 9)) >>> 0,
    experimenter: code.experimenter,
  };
}

/** The newest number that the version knows, the first one of equally old ones, as Open vSwitch chooses. */
function preferredCode(codes: readonly FieldCode[], version: number): WireCode {
  const known = codes.filter((code) => version >= code.since);
  const newest = Math.max(...known.map(({ since }) => since));
  return wireCode(known.find(({ since }) => since === newest) ?? (codes[0] as FieldCode));
}

/** Completes one row of the field tables. */
export function field(
  name: FieldName,
  bits: number,
  format: ValueFormat,
  codes: readonly FieldCode[],
  options: FieldOptions = {},
): FieldDefinition {
  return {
    name,
    bits,
    format,
    codes,
    textName: options.textName ?? name,
    aliases: options.aliases ?? [],
    bytes: options.bytes ?? Math.ceil(bits / 8),
    maskable: options.maskable ?? true,
    prerequisite: options.prerequisite,
    versionless: wireCode(codes[0] as FieldCode),
    preferred: [undefined, undefined, undefined, undefined, 4, 5, 6].map((version) =>
      version === undefined ? undefined : preferredCode(codes, version),
    ),
    allOnes: options.allOnes ?? (1n << BigInt(bits)) - 1n,
  };
}
