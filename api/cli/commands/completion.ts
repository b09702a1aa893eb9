import { Argument, type Command } from 'commander';
import { type ApiKind, WeftClient } from '../../contract/index.ts';
import { nameOf } from '../columns.ts';
import type { Io } from '../command.ts';
import { type Candidate, questionOf } from '../completion.ts';
import { type ConnectionOptions, connectionOf } from '../connection.ts';
import { printable } from '../output.ts';
import { profileNamed, readConfiguration } from '../profiles.ts';
import { completionScripts, type Shell, shells } from '../shells.ts';

/** Who types waits for no controller that does not answer. */
const lookUpMs = 1000;
/** More than anybody chooses from: with more, some letters of the name come first. */
const mostNames = 500;

/** `weft completion`, and the hidden command that its scripts ask. */
export function addCompletionCommands(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and names in a shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => io.out(completionScripts[shell]));
  program
    .command('__complete', { hidden: true })
    .description('words that could come next; asked by the scripts')
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: readonly string[]) => complete(program, words, io));
}

/** One word a line, what it means behind a tab; `:files` where a path would do. */
async function complete(program: Command, words: readonly string[], io: Io): Promise<void> {
  const { candidates, kind, files } = questionOf(program, words);
  const typed = words.at(-1) ?? '';
  const found = [...candidates, ...(kind === undefined ? [] : await namesOf(kind, words, io))];
  for (const { word, about = '' } of found) {
    if (word.startsWith(typed)) io.out(`${word}\t${about}\n`);
  }
  if (files) io.out(':files\n');
}

/** Names, and ids of what has none. A controller that is not there, or refuses, leaves the person to type. */
async function namesOf(kind: ApiKind, words: readonly string[], io: Io): Promise<Candidate[]> {
  let client: WeftClient | undefined;
  try {
    const options = connectionWords(words);
    const profile = profileNamed(await readConfiguration(io.env), options.profile ?? io.env.WEFT_PROFILE);
    const { url, access } = connectionOf(options, io.env, profile);
    client = new WeftClient({ url, access, timeoutMs: lookUpMs });
    const { items } = await client.list(kind, { limit: mostNames });
    return items.map((resource) => {
      const name = nameOf(resource);
      // A name with white space or control characters would break the line or be another word in the shell.
      return name === undefined || !/^[\w.:@+-]+$/.test(name)
        ? { word: resource.id, about: printable(name ?? kind) }
        : { word: name, about: resource.id };
    });
  } catch {
    return [];
  } finally {
    client?.close();
  }
}

/** The options of the connection as far as they stand on the line already. */
function connectionWords(words: readonly string[]): ConnectionOptions {
  const wordAfter = (flag: string) => {
    const at = words.indexOf(flag);
    const joined = words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
    return at >= 0 && at + 2 < words.length ? words[at + 1] : joined;
  };
  const options = {
    api: wordAfter('--api'),
    profile: wordAfter('--profile'),
    account: wordAfter('--account'),
    region: wordAfter('--region'),
    tokenFile: wordAfter('--token-file'),
    ca: wordAfter('--ca'),
    certificate: wordAfter('--certificate'),
    key: wordAfter('--key'),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
