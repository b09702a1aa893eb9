import { actionCodecs } from '../actions/registry.ts';
import type { FieldCode, FieldDefinition } from '../fields/definition.ts';
import { actionTable, type FieldTable, matchTable } from '../fields/registry.ts';
import { instructionCodecs } from '../instructions/registry.ts';
import { type ErrorEntry, errorEntries } from '../messages/error-names.ts';
import { statisticsEntries } from '../messages/flow-statistics.ts';
import { messageCodecs } from '../messages/message-codecs.ts';
import { partCodecs } from '../messages/multipart-parts.ts';
import { propertyTables } from '../messages/property-tables.ts';
import { decodeMessage } from '../messages/registry.ts';
import { tableFeatureProperties } from '../messages/table-features.ts';
import type { Version } from '../messages/types.ts';

type Versions = readonly [first: Version, last: Version];
type AnyFunction = (...values: never[]) => unknown;

const allVersions: readonly Version[] = [4, 5, 6];

/** Variants of groups, meter bands and properties of encap. */
const kinds: ReadonlySet<unknown> = new Set([
  'all',
  'select',
  'indirect',
  'fast-failover',
  'drop',
  'dscp-remark',
  'nsh-metadata-type',
  'nsh-option',
]);

function errorName({
  codeName,
  experimenter,
}: Pick<ErrorEntry, 'experimenter'> & { codeName?: string }): string {
  return `error ${codeName}${experimenter === undefined ? '' : ` of 0x${experimenter.toString(16)}`}`;
}

/** Fields that came later than the version that their class came with. */
function fieldVersions({ name, since }: FieldCode): Versions {
  if (name === 'OXM_OF_PBB_UCA') return [5, 6];
  return [since === 6 ? 6 : 4, 6];
}

function featureVersions(type: string): Versions {
  if (type === 'table-sync-from') return [5, 6];
  return type.includes('copyfield') || type === 'packet-types' ? [6, 6] : [4, 6];
}

/**
 * Which entries of the registries there are, and which of them were decoded. Names are such as
 * `6 action learn 0x2320/45`: version, registry, entry, number.
 */
export class Coverage {
  readonly expected = new Set<string>();
  readonly seen = new Set<string>();
  #version: Version = 6;
  #decoding = false;

  constructor() {
    this.#watchMessages();
    this.#watchParts();
    this.#watchActions();
    this.#watchInstructions();
    this.#watchProperties();
    this.#watchFields();
    this.#watchStatistics();
    this.#watchTableFeatures();
    for (const entry of errorEntries) this.#expect(errorName(entry), entry.versions);
    for (const kind of kinds) this.#expect(`kind ${kind}`);
  }

  /** Decodes a vector and notes what was in it. */
  decode(bytes: Uint8Array): void {
    this.#version = bytes[0] as Version;
    this.#decoding = true;
    const message = decodeMessage(bytes);
    this.#decoding = false;
    if (message.type === 'error' && message.codeName) this.#note(errorName(message));
    this.#noteKinds(message);
  }

  /** Entries that no vector had. */
  missing(): string[] {
    return [...this.expected].filter((entry) => !this.seen.has(entry)).sort();
  }

  #note(entry: string): void {
    this.seen.add(`${this.#version} ${entry}`);
  }

  #expect(entry: string, [first, last]: Versions = [4, 6]): void {
    for (const version of allVersions) {
      if (version >= first && version <= last) this.expected.add(`${version} ${entry}`);
    }
  }

  /** Has `owner[method]` note the entry whenever it is called. */
  #watch(owner: object, method: string, entry: string, versions?: Versions): void {
    this.#expect(entry, versions);
    const original = Reflect.get(owner, method) as AnyFunction;
    Reflect.set(owner, method, (...values: never[]) => {
      if (this.#decoding) this.#note(entry);
      return original.apply(owner, values);
    });
  }

  #watchMessages(): void {
    for (const codec of messageCodecs) {
      for (const { versions } of codec.forms) this.#expect(`message ${codec.type}`, versions);
      this.#watch(codec, 'decode', `message ${codec.type}`, [6, 4] as unknown as Versions);
    }
  }

  #watchParts(): void {
    for (const codec of partCodecs) {
      for (const method of ['decodeRequest', 'decodeReply'] as const) {
        const entry = `part ${codec.part} ${method === 'decodeRequest' ? 'request' : 'reply'}`;
        for (const { versions } of codec.forms) this.#expect(entry, versions);
        this.#watch(codec, method, entry, [6, 4] as unknown as Versions);
      }
    }
  }

  #watchActions(): void {
    for (const { type, forms } of actionCodecs) {
      for (const form of forms) {
        const experimenter = form.experimenter === undefined ? '' : `0x${form.experimenter.toString(16)}/`;
        this.#watch(form, 'decode', `action ${type} ${experimenter}${form.number}`, form.versions);
      }
    }
  }

  #watchInstructions(): void {
    for (const codec of instructionCodecs) {
      this.#watch(codec, 'decode', `instruction ${codec.type}`, codec.versions);
    }
  }

  #watchProperties(): void {
    for (const { table, since } of propertyTables) {
      for (const row of table.properties) {
        const [first, last] = row.versions ?? [since, 6];
        Reflect.set(row, 'payload', { ...row.payload });
        this.#watch(row.payload, 'read', `property ${table.structure} ${row.name}`, [first, last]);
      }
    }
  }

  #watchTableFeatures(): void {
    for (const row of tableFeatureProperties) {
      const [, type, content] = row;
      Reflect.set(row, 2, { ...content });
      this.#watch(row[2], 'decode', `property ofp_table_features ${type}`, featureVersions(type));
    }
  }

  /** Fields of matches and of actions, under each of their numbers. */
  #watchFields(): void {
    for (const table of [matchTable, actionTable]) {
      const codes = table.definitions.flatMap((definition) => definition.codes);
      for (const code of codes) this.#expect(`field ${code.name}`, fieldVersions(code));
      this.#watchLookup(table, 'byHead', codes);
      this.#watchLookup(table, 'byExperimenter', codes);
    }
  }

  #watchLookup(table: FieldTable, method: 'byHead' | 'byExperimenter', codes: readonly FieldCode[]): void {
    const original = table[method] as (first: number, second: number) => FieldDefinition;
    Reflect.set(table, method, (first: number, second: number) => {
      const code = codes.find((one) =>
        method === 'byHead'
          ? one.experimenter === undefined && ((one.class << 16) | (one.field << 9)) >>> 0 === first
          : one.experimenter === first && one.field === second,
      );
      if (code && this.#decoding) this.#note(`field ${code.name}`);
      return original.call(table, first, second);
    });
  }

  #watchStatistics(): void {
    for (const entry of statisticsEntries) {
      const { names } = entry;
      const name = `statistics ${names[0]}`;
      this.#expect(name, [6, 6]);
      Object.defineProperty(entry, 'names', {
        get: () => {
          if (this.#decoding) this.#note(name);
          return names;
        },
      });
    }
  }

  /** Notes the variants that have no number in a registry of their own. */
  #noteKinds(value: unknown): void {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const [key, item] of Object.entries(value)) {
      if ((key === 'type' || key === 'groupType') && kinds.has(item)) this.#note(`kind ${item}`);
      this.#noteKinds(item);
    }
  }
}
