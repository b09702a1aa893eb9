import { OpenFlowError } from '../errors.ts';
import { type FieldDefinition, field } from './definition.ts';
import type { FieldName, UnknownFieldName } from './names.ts';
import {
  arpFields,
  linkFields,
  networkFields,
  standardOnlyFields,
  transportFields,
} from './packet-fields.ts';
import {
  actionInPort,
  conntrackFields,
  metadataField,
  nshFields,
  pipelineFields,
  registerFields,
  tunnelFields,
} from './pipeline-fields.ts';

/** All fields that a match may contain, in the order in which Open vSwitch writes them. */
export const matchFields: readonly FieldDefinition[] = [
  ...pipelineFields,
  ...linkFields,
  ...networkFields,
  ...transportFields,
  ...arpFields,
  ...tunnelFields,
  ...nshFields,
  ...registerFields,
  ...conntrackFields,
  metadataField,
  ...standardOnlyFields,
];

/** One set of fields by name and by number. Matches and actions differ in `in_port` only. */
export class FieldTable {
  readonly definitions: readonly FieldDefinition[];
  readonly #byName = new Map<string, FieldDefinition>();
  readonly #byText = new Map<string, FieldDefinition>();
  readonly #byHead = new Map<number, FieldDefinition>();
  readonly #byExperimenter = new Map<string, FieldDefinition>();

  constructor(definitions: readonly FieldDefinition[]) {
    this.definitions = definitions;
    for (const definition of definitions) {
      this.#byName.set(definition.name, definition);
      for (const name of [definition.name, definition.textName, ...definition.aliases]) {
        this.#byText.set(name, definition);
      }
      for (const code of definition.codes) this.#addCode(code, definition);
    }
  }

  #addCode(code: FieldDefinition['codes'][number], definition: FieldDefinition): void {
    const head = ((code.class << 16) | (code.field << 9)) >>> 0;
    if (code.experimenter === undefined) this.#byHead.set(head, definition);
    else this.#byExperimenter.set(`${code.experimenter}/${code.field}`, definition);
    this.#byText.set(code.name, definition);
  }

  /** The definition of a field, made up on the spot for fields named `oxm_…`; throws for a name that does not exist. */
  get(name: FieldName): FieldDefinition {
    const definition = this.#byName.get(name) ?? unknownFieldByName(name);
    if (!definition) {
      throw new OpenFlowError('OPENFLOW_UNKNOWN_FIELD', `there is no field "${String(name)}"`);
    }
    return definition;
  }

  /** The field that text means by `name` (any alias, or an NXM or OXM name); undefined when there is none. */
  findByText(name: string): FieldDefinition | undefined {
    return this.#byText.get(name) ?? unknownFieldByName(name as FieldName);
  }

  /** The field with this number; made up when there is none. `head` is the header without mask bit and length. */
  byHead(head: number): FieldDefinition {
    return this.#byHead.get(head) ?? unknownField(head, undefined);
  }

  byExperimenter(experimenter: number, number: number): FieldDefinition {
    return (
      this.#byExperimenter.get(`${experimenter}/${number}`) ??
      unknownField((0xffff0000 | (number << 9)) >>> 0, experimenter)
    );
  }
}

/**
 * What was made up, by number: making it takes ten times as long as writing the field. Peers choose the numbers, so the
 * number of them is bounded.
 */
const madeUp = new Map<string, FieldDefinition>();
const mostMadeUp = 1024;

/** The definition of a number without one. `head` is the header without mask bit and length. */
export function unknownField(head: number, experimenter: number | undefined): FieldDefinition {
  const key = `${head}/${experimenter}`;
  const known = madeUp.get(key);
  if (known) return known;
  const definition = makeUp(head, experimenter);
  if (madeUp.size >= mostMadeUp) madeUp.clear();
  madeUp.set(key, definition);
  return definition;
}

function makeUp(head: number, experimenter: number | undefined): FieldDefinition {
  const oxmClass = head >>> 16;
  const number = (head >>> 9) & 0x7f;
  const suffix = experimenter === undefined ? '' : `_${experimenter.toString(16)}`;
  const name: UnknownFieldName = `oxm_${oxmClass.toString(16)}_${number}${suffix}`;
  const code = { name, class: oxmClass, field: number, since: 0 } as const;
  const codes = [experimenter === undefined ? code : { ...code, experimenter }];
  return field(name, 2040, 'hexadecimal', codes, { bytes: 0 });
}

function unknownFieldByName(name: FieldName): FieldDefinition | undefined {
  const parts = /^oxm_([0-9a-f]{1,4})_(\d{1,3})(?:_([0-9a-f]{1,8}))?$/.exec(name);
  if (!parts || Number(parts[2]) > 127) return undefined;
  const experimenter = parts[3] === undefined ? undefined : Number.parseInt(parts[3], 16);
  const head = ((Number.parseInt(parts[1] as string, 16) << 16) | (Number(parts[2]) << 9)) >>> 0;
  return unknownField(head, experimenter);
}

/** The fields of matches and packet-in metadata. */
export const matchTable = new FieldTable(matchFields);

/** The fields of actions. */
export const actionTable = new FieldTable([
  ...matchFields.filter((definition) => definition.name !== 'in_port'),
  ...actionInPort,
]);
