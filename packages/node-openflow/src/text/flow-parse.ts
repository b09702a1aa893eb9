import { parseMatchItems } from '../fields/match-parse.ts';
import { parseInstructions } from '../instructions/registry.ts';
import type { FlowMod, FlowModCommand } from '../messages/flow-mod-types.ts';
import { allTables } from '../ports.ts';
import { type ParseOptions, parsePort, parseTable, withNames } from './context.ts';
import { flagWords } from './flow-format.ts';
import { badText, type KeyValue, keyValues, parseBigInteger, parseInteger } from './syntax.ts';

type Draft = { -readonly [Key in keyof FlowMod]: FlowMod[Key] };
type Setter = (flow: Draft, value: string, key: string) => void;

/** Statistics that `ovs-ofctl dump-flows` prints: its output can be read as flows again. */
const ignored = new Set(['duration', 'n_packets', 'n_bytes', 'idle_age', 'hard_age']);

const setters = new Map<string, Setter>(
  Object.entries<Setter>({
    table(flow, value) {
      flow.table = parseTable(value);
    },
    priority(flow, value, key) {
      flow.priority = parseInteger(value, 16, key);
    },
    idle_timeout(flow, value, key) {
      flow.idleTimeout = parseInteger(value, 16, key);
    },
    hard_timeout(flow, value, key) {
      flow.hardTimeout = parseInteger(value, 16, key);
    },
    importance(flow, value, key) {
      flow.importance = parseInteger(value, 16, key);
    },
    out_port(flow, value) {
      flow.outPort = parsePort(value);
    },
    out_group(flow, value, key) {
      flow.outGroup = parseInteger(value, 32, key);
    },
    cookie: setCookie,
  }),
);

/** Which keys each command understands, besides table, cookie and the match. */
const allowed: Readonly<Record<FlowModCommand, readonly string[]>> = {
  add: ['priority', 'idle_timeout', 'hard_timeout', 'importance', 'flags'],
  modify: ['priority', 'idle_timeout', 'hard_timeout', 'flags'],
  'modify-strict': ['priority', 'idle_timeout', 'hard_timeout', 'flags'],
  delete: ['out_port', 'out_group'],
  'delete-strict': ['out_port', 'out_group', 'priority'],
};

/** With a mask the cookie selects flows, without one it is the cookie of the new flow. */
function setCookie(flow: Draft, text: string): void {
  const [value = '', mask] = text.split('/');
  const cookie = parseBigInteger(value, 64, 'cookie');
  if (mask === undefined) {
    if (flow.command.startsWith('delete')) badText(`cookie=${text}: to select flows write cookie=${text}/-1`);
    // A modification changes no cookies; ovs-ofctl accepts this one all the same and does not send it.
    if (flow.command === 'add') flow.cookie = cookie;
    return;
  }
  if (flow.command === 'add') badText(`cookie=${text}: a new flow has no cookie mask`);
  flow.cookieMask = parseBigInteger(mask, 64, 'cookie mask');
  flow.cookie = cookie & flow.cookieMask;
}

function setItem(flow: Draft, { key, value, offset }: KeyValue): void {
  if (ignored.has(key)) return;
  const words = allowed[flow.command];
  const flag = flagWords.find(([word]) => word === key);
  if (flag && words.includes('flags')) {
    flow.flags = [...(flow.flags ?? []), flag[1]];
    return;
  }
  const setter = setters.get(key);
  if (!setter) badText(`there is no field "${key}"`, offset);
  if (key !== 'table' && key !== 'cookie' && !words.includes(key))
    badText(`${flow.command} does not take ${key}`, offset);
  if (value === '') badText(`${key} has no value`, offset);
  setter?.(flow, value, key);
}

/** Splits `match actions=…`; deletions and some packets have no actions. */
export function splitActions(text: string): [match: string, actions: string | undefined] {
  const found = /(^|[,\s])actions?=/.exec(text);
  if (!found) return [text, undefined];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

/**
 * Reads a flow in the syntax of ovs-ofctl(8), such as `table=5,priority=100,tcp,tp_dst=80 actions=output:2`.
 * Without a table, additions and modifications are about table 0, deletions about all tables. Tables and ports may be called
 * by the names in `options`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT, with the offset in the text
 */
export function parseFlow(
  text: string,
  command: FlowModCommand = 'add',
  options: ParseOptions = {},
): FlowMod {
  return withNames(options, () => parseOne(text, command));
}

function parseOne(text: string, command: FlowModCommand): FlowMod {
  const deletion = command.startsWith('delete');
  const [head, actions] = splitActions(text);
  if (!deletion && actions === undefined)
    badText('the flow has no "actions=": write actions=drop to drop packets');
  if (deletion && actions !== undefined) badText('a deletion takes no actions');
  const table = deletion ? allTables : 0;
  const flow: Draft = { type: 'flow-mod', command, table, match: [], instructions: [] };
  flow.match = parseMatchItems(keyValues(head), (item) => setItem(flow, item));
  flow.instructions = parseInstructions(actions ?? '', flow.match);
  return flow;
}

/** First words of lines that may hold any command. Abbreviations count, as they do for ovs-ofctl. */
const commandWords: readonly (readonly [word: string, command: FlowModCommand])[] = [
  ['add', 'add'],
  ['delete', 'delete'],
  ['delete_strict', 'delete-strict'],
  ['modify', 'modify'],
  ['modify_strict', 'modify-strict'],
];

/** Reads a flow whose text may begin with a command, such as `delete table=5`; without one it is added. */
export function parseFlowLine(text: string): FlowMod {
  const word = /^[^,\s]*/.exec(text.trimStart())?.[0] ?? '';
  const found = commandWords.find(([known]) => word !== '' && known.startsWith(word));
  return found ? parseOne(text.trimStart().slice(word.length), found[1]) : parseOne(text, 'add');
}
