import { ovsOfctlMatch } from '../fields/ovs-match.ts';
import type { FlowModCommand } from '../messages/flow-mod-types.ts';
import type { GroupModCommand, MeterMod } from '../messages/group-meter-types.ts';
import type { Message, Version } from '../messages/types.ts';
import { meters } from '../ports.ts';
import { asBundle, linesOf, parseBundle } from './bundle-parse.ts';
import { parseFlow, parseFlowLine } from './flow-parse.ts';
import { parseGroup, parseGroupLine } from './group-parse.ts';
import { parseMeter } from './meter-text.ts';
import { parsePacketOut } from './packet-out-parse.ts';
import { parseConntrackFlush, parseTlvMappings, parseZone } from './switch-commands.ts';
import { badText } from './syntax.ts';

/** Options of ovs-ofctl that change what a command sends. */
interface CommandOptions {
  readonly strict: boolean;
  readonly mayCreate: boolean;
}

type Command = (text: string, options: CommandOptions) => readonly Message[];

function flow(command: FlowModCommand): Command {
  return (text, { strict }) => [parseFlow(text, strict ? (`${command}-strict` as FlowModCommand) : command)];
}

function group(command: GroupModCommand): Command {
  return (text, { mayCreate }) => [parseGroup(text, mayCreate ? 'add-or-modify' : command)];
}

function meter(command: MeterMod['command']): Command {
  return (text) => [parseMeter(text, command)];
}

function deleteMeters(text: string): Message[] {
  if (text.trim() !== '') return [parseMeter(text, 'delete')];
  return [{ type: 'meter-mod', command: 'delete', flags: [], meter: meters.all, bands: [] }];
}

/** Commands of ovs-ofctl that write, by name. */
const commands = new Map<string, Command>([
  ['add-flow', flow('add')],
  ['add-flows', (text) => [...linesOf(text)].map(parseFlowLine)],
  ['mod-flows', flow('modify')],
  ['del-flows', flow('delete')],
  ['add-group', group('add')],
  ['add-groups', (text) => [...linesOf(text)].map(parseGroupLine)],
  ['mod-group', group('modify')],
  ['del-groups', group('delete')],
  ['insert-buckets', group('insert-bucket')],
  ['remove-buckets', group('remove-bucket')],
  ['add-meter', meter('add')],
  ['mod-meter', meter('modify')],
  ['del-meter', deleteMeters],
  ['del-meters', deleteMeters],
  ['packet-out', (text) => [parsePacketOut(text)]],
  ['bundle', (text) => asBundle(parseBundle(text))],
  ['add-tlv-map', (text) => [{ type: 'tlv-table-mod', command: 'add', mappings: parseTlvMappings(text) }]],
  [
    'del-tlv-map',
    (text) => [
      text.trim() === ''
        ? { type: 'tlv-table-mod', command: 'clear', mappings: [] }
        : { type: 'tlv-table-mod', command: 'delete', mappings: parseTlvMappings(text) },
    ],
  ],
  ['ct-flush-zone', (text) => [{ type: 'ct-flush-zone', zone: parseZone(text) }]],
  ['ct-flush', (text) => [parseConntrackFlush(text)]],
]);

/** Names of the commands that `parseCommand` knows. */
export const commandNames: readonly string[] = [...commands.keys()];

/** Which commands an option is for. */
const optionUses: Readonly<Record<string, readonly string[]>> = {
  '--strict': ['mod-flows', 'del-flows'],
  '--may-create': ['mod-group'],
  '--bundle': [
    'add-flow',
    'add-flows',
    'mod-flows',
    'del-flows',
    'add-group',
    'add-groups',
    'mod-group',
    'del-groups',
  ],
};

function checkOptions(name: string, options: readonly string[]): void {
  for (const option of options) {
    const uses = optionUses[option] ?? badText(`there is no option "${option}"`);
    if (!uses.includes(name)) badText(`${name} takes no ${option}`);
  }
}

/** Puts a message into the form in which ovs-ofctl sends it: before OpenFlow 1.5 that leaves out what the version lacks. */
function asSent(message: Message, version: Version): Message {
  if (message.type === 'bundle-add') return { ...message, message: asSent(message.message, version) };
  if (message.type === 'flow-mod') return { ...message, match: ovsOfctlMatch(message.match, version) };
  if (message.type === 'group-mod' && version !== 6) {
    const { selection: _, ...rest } = message;
    return rest;
  }
  if (message.type === 'packet-out' && message.match) {
    const { match, ...rest } = message;
    return version === 6 ? { ...rest, match: ovsOfctlMatch(match, version) } : rest;
  }
  return message;
}

/**
 * The messages that `ovs-ofctl COMMAND SWITCH TEXT` sends to a switch of this version (without barriers). `command` may have
 * options: `del-flows --strict`, `mod-group --may-create`, `add-flows --bundle`. For `bundle`, `add-flows` and `add-groups` the
 * text is what the file would hold.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseCommand(command: string, text: string, version: Version = 6): Message[] {
  const words = command.trim().split(/\s+/);
  const name = words.find((word) => !word.startsWith('--')) ?? '';
  const options = words.filter((word) => word.startsWith('--'));
  const run = commands.get(name) ?? badText(`"${name}" is none of the commands ${commandNames.join(', ')}`);
  if (words.length > options.length + 1) badText(`"${command}" is more than one command`);
  checkOptions(name, options);
  const messages = run(text, {
    strict: options.includes('--strict'),
    mayCreate: options.includes('--may-create'),
  });
  const sent = options.includes('--bundle') ? asBundle(messages) : messages;
  return sent.map((message) => asSent(message, version));
}
