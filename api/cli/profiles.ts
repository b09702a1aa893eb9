import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from './errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How to reach one controller, and as whom. Paths are of files in PEM, or with one token. */
export interface Profile {
  readonly api?: string;
  readonly token?: string;
  readonly 'token-file'?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly account?: string;
  readonly region?: string;
  readonly output?: string;
}

const profileFields = [
  'api',
  'token',
  'token-file',
  'ca',
  'certificate',
  'key',
  'account',
  'region',
  'output',
] as const satisfies readonly (keyof Profile)[];

export interface Configuration {
  /** The profile that is used when none is named. */
  readonly profile?: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** `$WEFT_CONFIG`, else `weft/config.yaml` below `$XDG_CONFIG_HOME` or `~/.config`. */
export function configurationPath(env: Env): string {
  if (env.WEFT_CONFIG) return env.WEFT_CONFIG;
  return join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? '/', '.config'), 'weft', 'config.yaml');
}

/**
 * Reads the configuration; a file that is not there is an empty one, unless WEFT_CONFIG names it.
 * @param toBeWritten the file may be missing in any case: it is about to be made
 * @throws CliError wrong-configuration
 */
export async function readConfiguration(env: Env, toBeWritten = false): Promise<Configuration> {
  const path = configurationPath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && (toBeWritten || !env.WEFT_CONFIG)) return { profiles: {} };
    if (isMissing) {
      throw new CliError('wrong-configuration', 'there is no such file', {
        field: 'WEFT_CONFIG',
        value: path,
        fix: 'Make it with weft profile set, or leave WEFT_CONFIG empty.',
        cause,
      });
    }
    throw wrong(path, `it cannot be read: ${(cause as Error).message}`, cause);
  }
  // Loaded only where there is something to read: most commands start without it.
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw wrong(path, (cause as Error).message, cause);
  }
  return checkConfiguration(path, content ?? {});
}

function checkConfiguration(path: string, content: unknown): Configuration {
  if (!isMapping(content)) throw wrong(path, 'it is no mapping');
  const { profile, profiles = {}, ...others } = content;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(path, `there is no field ${unknown}`);
  if (profile !== undefined && typeof profile !== 'string') throw wrong(path, 'profile is no name');
  if (!isMapping(profiles)) throw wrong(path, 'profiles is no mapping');
  for (const [name, fields] of Object.entries(profiles)) checkProfile(path, name, fields);
  const checked = profiles as Readonly<Record<string, Profile>>;
  if (Object.values(checked).some(({ token }) => token !== undefined)) checkMode(path);
  return { ...(profile === undefined ? {} : { profile }), profiles: checked };
}

function checkProfile(path: string, name: string, fields: unknown): void {
  if (!isMapping(fields)) throw wrong(path, `profile ${name} is no mapping`);
  for (const [field, value] of Object.entries(fields)) {
    if (!(profileFields as readonly string[]).includes(field)) {
      throw wrong(path, `profile ${name} has an unknown field ${field}`);
    }
    // The value is not shown: it may be a token.
    if (typeof value !== 'string') throw wrong(path, `${field} of profile ${name} is no text`);
  }
}

/** A token is a password: nobody else may read the file, as with SSH's keys. */
function checkMode(path: string): void {
  const mode = statSync(path).mode & 0o077;
  if (mode === 0) return;
  throw new CliError('wrong-configuration', `${path} holds a token and others can read it`, {
    fix: `chmod 600 ${path}`,
  });
}

/** Writes the configuration as a whole, so that a full disk or a signal leaves the old one. */
export async function writeConfiguration(env: Env, configuration: Configuration): Promise<void> {
  const { stringify } = await import('yaml');
  const path = configurationPath(env);
  const temporary = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, stringify(configuration), { mode: 0o600 });
    renameSync(temporary, path);
  } catch (cause) {
    throw wrong(path, `it cannot be written: ${(cause as Error).message}`, cause);
  }
}

/**
 * The profile that a name means, or the configured one without a name.
 * @throws CliError unknown-profile
 */
export function profileNamed(configuration: Configuration, name = configuration.profile): Profile {
  if (name === undefined) return {};
  const known = Object.keys(configuration.profiles);
  const found = Object.hasOwn(configuration.profiles, name) ? configuration.profiles[name] : undefined;
  if (found) return found;
  throw new CliError('unknown-profile', `there is no profile ${name}`, {
    fix:
      known.length === 0
        ? `weft profile set ${name} --api https://HOST:PORT makes it.`
        : `There are ${known.join(', ')}.`,
  });
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (path: string, why: string, cause?: unknown) =>
  new CliError('wrong-configuration', `the configuration ${path} is wrong: ${why}`, {
    fix: `Fields are profile and profiles; those of a profile ${profileFields.join(', ')}.`,
    cause,
  });
