import type { Command, Option } from 'commander';
import type { ApiKind } from '../contract/index.ts';
import { nounOf } from './commands/noun.ts';

/** A word that could come next, with what it means. */
export interface Candidate {
  readonly word: string;
  readonly about?: string;
}

/** What a command line so far asks for. */
export interface Question {
  readonly candidates: readonly Candidate[];
  /** Names and ids of this kind would do, too. */
  readonly kind?: ApiKind;
  /** A path of a file would do: the shell knows those. */
  readonly files?: true;
}

/**
 * What could stand in place of the last word, by the tree of commands. Nothing is asked of a controller.
 * @param words after `weft`; the last one is being typed, and may be empty
 */
export function questionOf(program: Command, words: readonly string[]): Question {
  const typed = words.at(-1) ?? '';
  const { command, pending, values } = walk(program, words.slice(0, -1));
  if (pending) return valuesOf(program, pending);
  const [, flag, value] = /^(--[a-z-]+)=(.*)$/s.exec(typed) ?? [];
  if (flag !== undefined && value !== undefined) {
    const option = optionsOf(command).find(({ long }) => long === flag);
    if (!option) return { candidates: [] };
    const { candidates, ...rest } = valuesOf(program, option);
    return {
      ...rest,
      candidates: candidates.map(({ word, ...more }) => ({ word: `${flag}=${word}`, ...more })),
    };
  }
  if (typed.startsWith('-')) return { candidates: optionCandidates(command) };
  const children = command.commands.filter((child) => !isHidden(child));
  if (children.length > 0) {
    return { candidates: children.map((child) => ({ word: child.name(), about: child.description() })) };
  }
  return argumentOf(program, command, values);
}

/** Follows the words down the tree. `pending`: an option that still wants its value. */
function walk(program: Command, words: readonly string[]) {
  let command = program;
  let pending: Option | undefined;
  let values = 0;
  let onlyValues = false;
  for (const word of words) {
    if (pending) {
      pending = undefined;
      continue;
    }
    if (word === '--' && !onlyValues) {
      onlyValues = true;
      continue;
    }
    if (word.startsWith('-') && !onlyValues) {
      pending = word.includes('=') ? undefined : wantsValue(command, word);
      continue;
    }
    const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (child) command = child;
    else values++;
  }
  return { command, pending, values };
}

const wantsValue = (command: Command, word: string) =>
  optionsOf(command).find(
    ({ short, long, required, optional }) => (required || optional) && (word === short || word === long),
  );

const optionsOf = (command: Command): readonly Option[] => command.options;

/** Hidden options work, but are not offered unless they are the only ones. */
const optionCandidates = (command: Command): Candidate[] => [
  ...optionsOf(command)
    .filter(({ hidden, long }) => !hidden && long)
    .map(({ long, description }) => ({ word: long ?? '', about: description })),
  { word: '--help', about: 'what the command does' },
];

function valuesOf(program: Command, option: Option): Question {
  if (option.argChoices) return { candidates: option.argChoices.map((word) => ({ word })) };
  const placeholder = /<([^>]+)>/.exec(option.flags)?.[1] ?? '';
  if (placeholder === 'path') return { candidates: [], files: true };
  const kind = kindOfPlaceholder(program, placeholder);
  return kind === undefined ? { candidates: [] } : { candidates: [], kind };
}

/** `--subnet <subnet>` takes a subnet: placeholders are nouns. */
function kindOfPlaceholder(program: Command, placeholder: string): ApiKind | undefined {
  const shortened: Readonly<Record<string, ApiKind>> = {
    table: 'route-table',
    acl: 'network-acl',
    group: 'security-group',
    network: 'external-network',
    options: 'dhcp-options',
    list: 'prefix-list',
  };
  const noun = program.commands.find((command) => command.name() === placeholder);
  return (noun && nounOf(noun)?.kind) ?? shortened[placeholder];
}

/** An argument is a resource of the noun, or of the kind that it is named after. */
function argumentOf(program: Command, command: Command, values: number): Question {
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[values] ?? (last?.variadic ? last : undefined);
  if (!argument) return { candidates: [] };
  if (argument.argChoices) return { candidates: argument.argChoices.map((word) => ({ word })) };
  const named = kindOfPlaceholder(program, argument.name());
  const own = command.parent ? nounOf(command.parent)?.kind : undefined;
  const isOwn = argument.name() === 'id-or-name' || values === 0;
  const kind = named ?? (isOwn ? own : undefined);
  return kind === undefined ? { candidates: [] } : { candidates: [], kind };
}

const isHidden = (command: Command) => (command as unknown as { _hidden?: boolean })._hidden === true;
