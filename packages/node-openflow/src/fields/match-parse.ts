import { badText, type KeyValue, keyValues, parseBigInteger, parseInteger } from '../text/syntax.ts';
import { normalMatch } from './canonical.ts';
import type { FieldDefinition } from './definition.ts';
import type { FieldMatch } from './match.ts';
import type { FieldName } from './names.ts';
import { ethertype, shorthands, vlanIdMask, vlanPresent } from './protocols.ts';
import { matchTable } from './registry.ts';
import { asFieldValue, type BigValue, parseFieldValue } from './value-text.ts';

/** Keys whose field depends on what the match says about the protocol. */
const dependent = new Map<string, Readonly<Record<number, FieldName>>>(
  Object.entries({
    tp_src: { 6: 'tcp_src', 17: 'udp_src', 132: 'sctp_src', 1: 'icmpv4_type', 58: 'icmpv6_type' },
    tp_dst: { 6: 'tcp_dst', 17: 'udp_dst', 132: 'sctp_dst', 1: 'icmpv4_code', 58: 'icmpv6_code' },
    icmp_type: { 1: 'icmpv4_type', 58: 'icmpv6_type' },
    icmp_code: { 1: 'icmpv4_code', 58: 'icmpv6_code' },
  }),
);

/** Collects conditions; a later one about the same field takes the place of the earlier one. */
class MatchBuilder {
  readonly #entries = new Map<FieldName, FieldMatch>();
  #ethernet = false;

  set(entry: FieldMatch): void {
    this.#entries.set(entry.field, entry);
  }

  /** What is said about the bits of a field so far. */
  bits({ name, allOnes }: FieldDefinition): BigValue {
    const entry = this.#entries.get(name);
    return entry
      ? { value: BigInt(entry.value), mask: BigInt(entry.mask ?? allOnes) }
      : { value: 0n, mask: 0n };
  }

  number(field: FieldName): number | undefined {
    const entry = this.#entries.get(field);
    return entry && entry.mask === undefined ? Number(entry.value) : undefined;
  }

  /** Asks for a packet with an Ethernet header, which conditions about that header say already. */
  setEthernet(): void {
    this.#ethernet = true;
  }

  finish(): FieldMatch[] {
    if (this.#ethernet && !this.#entries.has('packet_type')) this.set({ field: 'packet_type', value: 0 });
    return normalMatch([...this.#entries.values()]);
  }
}

function resolve(key: string, builder: MatchBuilder): FieldDefinition | undefined {
  const choices = dependent.get(key);
  if (!choices) {
    const arp = builder.number('eth_type') === ethertype.arp || builder.number('eth_type') === ethertype.rarp;
    if (arp && key === 'nw_src') return matchTable.get('arp_spa');
    if (arp && key === 'nw_dst') return matchTable.get('arp_tpa');
    if (arp && key === 'nw_proto') return matchTable.get('arp_op');
    return matchTable.findByText(key);
  }
  const field = choices[builder.number('ip_proto') ?? -1];
  return field ? matchTable.get(field) : badText(`${key} needs a protocol before it, such as tcp or udp`);
}

/** Fields of flags: a match without a mask is about those that are known. */
const knownFlags: Readonly<Partial<Record<FieldName, bigint>>> = { ct_state: 0xffn, tun_flags: 1n };

type SpecialKey = (value: string, builder: MatchBuilder) => void;

/** `nw_tos` is the whole byte, `dl_vlan` has no present bit: keys that are not a field as it stands. */
const specialKeys = new Map<string, SpecialKey>(
  Object.entries<SpecialKey>({
    nw_tos(value, builder) {
      const tos = parseInteger(value, 8, 'nw_tos');
      if ((tos & 3) !== 0) badText(`nw_tos=${value}: the lowest two bits belong to nw_ecn`);
      builder.set({ field: 'ip_dscp', value: tos >> 2 });
    },
    vlan_tci(value, builder) {
      const tci = parseFieldValue(matchTable.get('vlan_tci'), value);
      const part = (field: FieldName, shift: bigint) => {
        const definition = matchTable.get(field);
        const mask = (tci.mask >> shift) & definition.allOnes;
        return { field, ...asFieldValue(definition, { value: (tci.value >> shift) & mask, mask }) };
      };
      const id = part('vlan_vid', 0n);
      if (id.mask === 0) builder.setEthernet();
      else builder.set(id);
      const priority = part('vlan_pcp', 13n);
      if (id.value !== 0 && priority.mask !== 0) builder.set(priority);
    },
    dl_vlan(value, builder) {
      const id = parseInteger(value, 16, 'dl_vlan');
      if (id === 0xffff) builder.set({ field: 'vlan_vid', value: 0 });
      else if (id <= vlanIdMask) builder.set({ field: 'vlan_vid', value: id | vlanPresent });
      else badText(`dl_vlan=${value} is not a VLAN`);
    },
    dl_vlan_pcp(value, builder) {
      if (builder.number('vlan_vid') === undefined) {
        builder.set({ field: 'vlan_vid', value: vlanPresent, mask: vlanPresent });
      }
      builder.set({ field: 'vlan_pcp', value: parseInteger(value, 3, 'dl_vlan_pcp') });
    },
    eth(_, builder) {
      builder.set({ field: 'packet_type', value: 0 });
    },
  }),
);

function setSubfield(key: string, value: string, builder: MatchBuilder): boolean {
  const parts = /^(\w+)\[(?:(\d+)(?:\.\.(\d+))?)?\]$/.exec(key);
  const definition = parts && resolve(parts[1] as string, builder);
  if (!parts || !definition) return false;
  const first = Number(parts[2] ?? 0);
  const last = Number(parts[3] ?? parts[2] ?? definition.bits - 1);
  if (last < first || last >= definition.bits) badText(`"${key}" reaches outside of ${definition.name}`);
  const shift = BigInt(first);
  const ones = (1n << BigInt(last - first + 1)) - 1n;
  const number = parseBigInteger(value, last - first + 1, key);
  const before = builder.bits(definition);
  const mask = before.mask | (ones << shift);
  const bits = { value: (before.value & ~(ones << shift)) | (number << shift), mask };
  builder.set({ field: definition.name, ...asFieldValue(definition, bits) });
  return true;
}

/** A tunnel option without a value asks only whether the option is there. */
function setField(definition: FieldDefinition, value: string, builder: MatchBuilder): void {
  if (value === '') {
    if (definition.bytes !== 0) badText(`${definition.name} has no value`);
    builder.set({ field: definition.name, value: 0n, mask: 0n });
    return;
  }
  const parsed = parseFieldValue(definition, value);
  const big = { ...parsed, mask: parsed.mask & (knownFlags[definition.name] ?? parsed.mask) };
  if (big.mask === 0n && definition.bytes !== 0) {
    // No bit of the field counts, but the packet must be one that has it.
    if (definition.prerequisite === 'ethernet') builder.setEthernet();
    return;
  }
  builder.set({
    field: definition.name,
    ...asFieldValue(definition, { value: big.value & big.mask, mask: big.mask }),
  });
}

function setOne({ key, value }: KeyValue, builder: MatchBuilder): boolean {
  const shorthand = value === '' ? shorthands.find(([word]) => word === key) : undefined;
  if (shorthand) {
    builder.set({ field: 'eth_type', value: shorthand[1] });
    if (shorthand[2] !== undefined) builder.set({ field: 'ip_proto', value: shorthand[2] });
    return true;
  }
  const special = specialKeys.get(key);
  if (special) {
    special(value, builder);
    return true;
  }
  if (key.includes('[')) return setSubfield(key, value, builder);
  const definition = resolve(key, builder);
  if (definition && value !== '*') setField(definition, value, builder);
  return definition !== undefined;
}

/**
 * Reads those items of a list that are about the match; gives each other one to `other`.
 * The result is in Open vSwitch's order.
 */
export function parseMatchItems(items: readonly KeyValue[], other: (item: KeyValue) => void): FieldMatch[] {
  const builder = new MatchBuilder();
  for (const item of items) if (!setOne(item, builder)) other(item);
  return builder.finish();
}

/**
 * Reads a match in the syntax of ovs-fields(7), such as `tcp,nw_dst=10.0.0.0/8,tp_dst=80`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseMatch(text: string): FieldMatch[] {
  return parseMatchItems(keyValues(text), ({ key }) => badText(`there is no field "${key}"`));
}
