import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What the commands below `test/` share: options, messages, exit statuses. */

/** The arguments cannot be used; the message says which and why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const say = (line: string) => void process.stdout.write(`${line}\n`);
export const complain = (line: string) => void process.stderr.write(`${line}\n`);

/** The arguments by `parseArgs` of `node:util`. @throws UsageError */
export function parse<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The value of an option that takes a whole number in this range. @throws UsageError */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: a whole number from ${least} to ${most} is needed`);
}

/** A random seed, as text, for runs that do not say theirs. It is printed, so that a run can be repeated. */
export const anySeed = () => `${Math.floor(Math.random() * 2 ** 31)}`;

/**
 * Runs a command with the arguments of this process, and sets the exit status: what `run` gives, 0 after the usage was
 * asked for, 2 for arguments that cannot be used.
 *
 * @param parseOptions undefined when only the usage was asked for
 */
export async function runCommand<Options>(
  usage: string,
  parseOptions: (args: readonly string[]) => Options | undefined,
  run: (options: Options) => Promise<number>,
): Promise<void> {
  let options: Options | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) say(usage);
  else process.exitCode = await run(options);
}
