import type { Message } from '../messages/types.ts';
import { parseFlowLine } from './flow-parse.ts';
import { parseGroupLine } from './group-parse.ts';
import { parsePacketOut } from './packet-out-parse.ts';
import { badText } from './syntax.ts';

/** Lines of a file: comments and empty lines do not count. */
export function* linesOf(text: string): Generator<string> {
  for (const line of text.split(/\r?\n/)) {
    const content = line.replace(/#.*$/, '').trim();
    if (content !== '') yield content;
  }
}

const kinds: readonly (readonly [word: string, parse: (text: string) => Message])[] = [
  ['flow', parseFlowLine],
  ['group', parseGroupLine],
  ['packet-out', parsePacketOut],
];

/**
 * Reads a file of ovs-ofctl's `bundle`: lines of `flow`, `group` and `packet-out`, each with an optional command and its text.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseBundle(text: string): Message[] {
  return [...linesOf(text)].map((line) => {
    const word = /^[^,\s]*/.exec(line)?.[0] ?? '';
    const kind = kinds.find(([known]) => word !== '' && known.startsWith(word));
    return kind
      ? kind[1](line.slice(word.length))
      : badText(`a bundle has no "${word}": use flow, group or packet-out`);
  });
}

/** The messages that apply others in one step: open, add each, commit. */
export function asBundle(messages: readonly Message[], bundle = 0): Message[] {
  const flags = ['atomic', 'ordered'] as const;
  return [
    { type: 'bundle-control', bundle, command: 'open-request', flags },
    ...messages.map((message): Message => ({ type: 'bundle-add', bundle, flags, message })),
    { type: 'bundle-control', bundle, command: 'commit-request', flags },
  ];
}
