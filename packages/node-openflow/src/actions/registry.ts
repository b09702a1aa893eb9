import { OpenFlowError } from '../errors.ts';
import type { Version } from '../messages/types.ts';
import type { FormatOptions } from '../text/context.ts';
import { findPort, parsePort } from '../text/context.ts';
import type { PacketKnowledge } from '../text/packet-knowledge.ts';
import { badText, keyValues } from '../text/syntax.ts';
import { hexOf } from '../wire/hex.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { bundle } from './bundle.ts';
import {
  type ActionCodec,
  type ActionForm,
  type DecodeContext,
  type EncodeContext,
  experimenterType,
  type TextForm,
} from './codec.ts';
import { conntrack } from './conntrack.ts';
import { controller } from './controller.ts';
import { decapsulate, decrementNshTtl, encapsulate } from './encapsulation.ts';
import { learn } from './learn.ts';
import { move } from './move.ts';
import { decrementMplsTtl, popMpls, popPbb, pushMpls, pushPbb, setMplsTtl } from './mpls.ts';
import { multipath } from './multipath.ts';
import {
  checkPacketLarger,
  clone,
  conjunction,
  deleteField,
  note,
  resubmit,
  stackPop,
  stackPush,
} from './nicira.ts';
import { oldWords } from './old-words.ts';
import { output, outputRegister, outputTruncated } from './output.ts';
import { enqueue, popQueue, setQueue } from './queue.ts';
import { setTunnel, writeMetadata } from './registers.ts';
import { sample } from './sample.ts';
import { load, setField } from './set-field.ts';
import { conntrackClear, exit, group, meter, popVlan, pushVlan } from './simple.ts';
import { finTimeout } from './timeout.ts';
import { copyTtlIn, copyTtlOut, decrementTtl, decrementTtlToControllers, setTtl } from './ttl.ts';
import type { Action, UnknownAction } from './types.ts';

/** Every action there is. To add one, write its codec and put it here. */
export const actionCodecs: readonly ActionCodec[] = [
  output,
  outputRegister,
  outputTruncated,
  setField,
  load,
  move,
  decrementTtl,
  decrementTtlToControllers,
  group,
  meter,
  pushVlan,
  popVlan,
  setQueue,
  resubmit,
  conjunction,
  conntrack,
  conntrackClear,
  controller,
  learn,
  note,
  clone,
  stackPush,
  stackPop,
  checkPacketLarger,
  deleteField,
  exit,
  setTtl,
  copyTtlOut,
  copyTtlIn,
  pushMpls,
  popMpls,
  setMplsTtl,
  decrementMplsTtl,
  pushPbb,
  popPbb,
  popQueue,
  setTunnel,
  writeMetadata,
  finTimeout,
  multipath,
  bundle,
  sample,
  encapsulate,
  decapsulate,
  decrementNshTtl,
];

/** Words that stand for actions which are written in another way. */
const textForms: readonly TextForm[] = [enqueue, ...oldWords];

/** Actions inside actions, deeper than any switch accepts. */
const deepestNesting = 32;

const byType = new Map(actionCodecs.map((codec) => [codec.type, codec]));
const byWord = new Map(
  [...actionCodecs, ...textForms].flatMap((form) => form.words.map((word) => [word, form] as const)),
);
const formsByVersion = new Map<number, Map<number, ActionForm>>();

/** One number for experimenter and subtype: experimenters are 32 bits wide, subtypes 16. */
function formKey(number: number, experimenter: number): number {
  return experimenter * 0x10000 + number;
}

function inVersion({ versions: [first, last] = [4, 6] }: ActionForm, version: Version): boolean {
  return version >= first && version <= last;
}

for (const version of [4, 5, 6] as const) {
  const forms = new Map<number, ActionForm>();
  for (const form of actionCodecs.flatMap((codec) => codec.forms)) {
    if (inVersion(form, version)) forms.set(formKey(form.number, form.experimenter ?? 0), form);
  }
  formsByVersion.set(version, forms);
}

function codecOf(action: Action): ActionCodec {
  const codec = byType.get(action.type);
  if (codec) return codec;
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `there is no action of type "${String(action.type)}"`);
}

/** Encoding and decoding of actions in one version, at one depth of nesting. */
class ActionCoder implements EncodeContext, DecodeContext {
  readonly version: Version;
  readonly #depth: number;
  readonly #forms: Map<number, ActionForm>;
  #inner: ActionCoder | undefined;

  constructor(version: Version, depth: number) {
    this.version = version;
    this.#depth = depth;
    this.#forms = formsByVersion.get(version) ?? new Map();
  }

  encodeActions(writer: Writer, actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.type === 'unknown') writer.raw(action.raw);
      else codecOf(action).encode(writer, action, this.#deeper(0));
    }
  }

  decodeActions(reader: Reader): Action[] {
    const actions: Action[] = [];
    while (reader.remaining > 0) actions.push(this.#decodeAction(reader));
    return actions;
  }

  #decodeAction(reader: Reader): Action {
    const start = reader.offset;
    const type = reader.u16();
    const length = reader.u16();
    if (length < 8 || length % 8 !== 0) {
      reader.fail('OPENFLOW_BAD_LENGTH', `action ${type} has a length of ${length}`, start);
    }
    const outer = reader.enter(length - 4);
    const form = this.#findForm(reader, type, length);
    const action = form?.decode(reader, this.#deeper(start)) ?? this.#keep(reader, start);
    reader.leave(outer);
    return action;
  }

  #findForm(reader: Reader, type: number, length: number): ActionForm | undefined {
    if (type !== experimenterType) return this.#forms.get(type);
    if (length < 16) return undefined;
    const experimenter = reader.u32();
    return this.#forms.get(formKey(reader.u16(), experimenter));
  }

  #keep(reader: Reader, start: number): UnknownAction {
    reader.offset = start;
    return { type: 'unknown', raw: reader.rest() };
  }

  #deeper(offset: number): ActionCoder {
    if (this.#depth >= deepestNesting) {
      throw new OpenFlowError(
        'OPENFLOW_TOO_DEEP',
        `actions are nested more than ${deepestNesting} deep`,
        offset,
      );
    }
    this.#inner ??= new ActionCoder(this.version, this.#depth + 1);
    return this.#inner;
  }
}

const coders = new Map([4, 5, 6].map((version) => [version, new ActionCoder(version as Version, 0)]));

function coderOf(version: Version): ActionCoder {
  return coders.get(version) as ActionCoder;
}

/** Writes actions one after the other. */
export function encodeActions(writer: Writer, actions: readonly Action[], version: Version): void {
  coderOf(version).encodeActions(writer, actions);
}

/** Reads actions up to the reader's end. */
export function decodeActions(reader: Reader, version: Version): Action[] {
  return coderOf(version).decodeActions(reader);
}

function parseAction(
  key: string,
  value: string,
  packet: PacketKnowledge | undefined,
  depth: number,
): Action[] {
  const word = key.toLowerCase();
  const form = byWord.get(word);
  if (!form) {
    if (findPort(key) !== undefined) return [{ type: 'output', port: parsePort(key) }];
    return badText(`there is no action "${key}"`);
  }
  const parseActions = (text: string) => parseNested(text, packet?.copy(), depth + 1);
  const parsed = form.parse(value, packet ? { parseActions, packet } : { parseActions }, word);
  const actions = Array.isArray(parsed) ? (parsed as Action[]) : [parsed as Action];
  for (const action of actions) packet?.follow(action);
  return actions;
}

function parseNested(text: string, packet: PacketKnowledge | undefined, depth: number): Action[] {
  if (depth > deepestNesting) throw new OpenFlowError('OPENFLOW_TOO_DEEP', 'actions are nested too deeply');
  const items = keyValues(text);
  if (items.some(({ key }) => key.toLowerCase() === 'drop')) {
    return items.length === 1 ? [] : badText('drop excludes all other actions');
  }
  return items.flatMap(({ key, value }) => parseAction(key, value, packet, depth));
}

/** Reads one item of a list of actions that was split into keys and values. */
export function parseActionItem(key: string, value: string, packet: PacketKnowledge): Action[] {
  return parseAction(key, value, packet, 0);
}

/**
 * Reads a list of actions in the syntax of ovs-actions(7). `packet` is what is known about the packets.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseActions(text: string, packet?: PacketKnowledge): Action[] {
  return parseNested(text, packet, 0);
}

/** Writes a list of actions as ovs-ofctl prints it; an empty one is `drop`. */
export function formatActions(actions: readonly Action[], options: FormatOptions = {}): string {
  if (actions.length === 0) return 'drop';
  const context = { ...options, formatActions: (inner: readonly Action[]) => formatActions(inner, options) };
  return actions
    .map((action) =>
      action.type === 'unknown' ? `unknown(${hexOf(action.raw)})` : codecOf(action).format(action, context),
    )
    .join(',');
}

/** The type number of a standard action, by its name. */
export function actionNumber(name: string): number {
  const form = byType
    .get(name as Action['type'])
    ?.forms.find(({ experimenter }) => experimenter === undefined);
  if (form) return form.number;
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `"${name}" is not a standard action`);
}

/** The name of a standard action; its type number where it has none. */
export function actionOfNumber(number: number, version: Version): string | number {
  const found = actionCodecs.find((codec) =>
    codec.forms.some(
      (form) => form.number === number && form.experimenter === undefined && inVersion(form, version),
    ),
  );
  return found?.type ?? number;
}
