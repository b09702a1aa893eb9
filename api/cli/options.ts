import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { specifiable } from './spec.ts';

/** Parser of a repeatable option. */
export const repeated = (value: string, before: string[] = []): string[] => [...before, value];

/** Parser of `--tag NAME=VALUE`, repeatable. */
export function tagOption(value: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = value.indexOf('=');
  if (equals < 1) {
    throw new CliError('usage', 'a tag needs a name and a value', {
      field: '--tag',
      value,
      fix: 'Give it as --tag NAME=VALUE.',
    });
  }
  return { ...before, [value.slice(0, equals)]: value.slice(equals + 1) };
}

/** Parser of a number between bounds. */
export function number(name: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value <= maximum) return value;
    throw new CliError('usage', `${name} must be a number from ${minimum} to ${maximum}`, { value: text });
  };
}

/** What the help of a repeatable option says where the list is replaced as a whole. */
export const replacesAll = 'all of them together replace the old ones';

/** The members of a list that is replaced as a whole; `none` alone makes it empty. */
export const membersOf = (list: readonly string[] | undefined) => list?.filter((one) => one !== 'none');

/** Leaves out what was not given, so that requests hold only what the person said. */
export function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export interface Naming {
  readonly name?: string;
  readonly tag?: Readonly<Record<string, string>>;
}

/** Adds what every write takes: `--name`, which is the tag `Name`, `--tag`, and `--spec`. */
export function nameable(command: Command): Command {
  return taggable(command.option('--name <name>', 'name for people: the tag Name'));
}

/** Adds `--tag` and `--spec`, for kinds that have a name of their own. */
export function taggable(command: Command): Command {
  return specifiable(command).option('--tag <name=value>', 'label; repeatable', tagOption);
}

/** The tags that `--name` and `--tag` ask for. */
export function tagsOf({ name, tag }: Naming): Record<string, string> {
  return { ...(name === undefined ? {} : { Name: name }), ...tag };
}

/**
 * Parser of `--underlay-mtu`, in bytes: at least what IPv6 needs inside of the tunnel (1,280 and 58; RFC 8200, section 5), at most
 * what IPv4 can tell.
 */
export const underlayMtu = number('--underlay-mtu', 1338, 65_535);
