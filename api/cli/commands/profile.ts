import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Io } from '../command.ts';
import { CliError } from '../errors.ts';
import { formats, renderTable } from '../output.ts';
import {
  type Configuration,
  configurationPath,
  type Profile,
  profileNamed,
  readConfiguration,
  writeConfiguration,
} from '../profiles.ts';

/** `weft profile`: the controllers that this person uses, by name. Nothing here talks to a controller. */
export function addProfileCommands(program: Command, io: Io): void {
  const profile = program
    .command('profile')
    .description('how to reach controllers, by name; kept in ~/.config/weft/config.yaml or $WEFT_CONFIG');
  addList(profile, io);
  addUse(profile, io);
  addSet(profile, io);
  addDelete(profile, io);
}

function addList(profile: Command, io: Io): void {
  profile
    .command('list')
    .alias('ls')
    .description('list them; * is the one in use')
    .action(async () => {
      const { profile: used, profiles } = await readConfiguration(io.env);
      const names = Object.keys(profiles);
      if (names.length === 0) {
        io.out(`There are no profiles in ${configurationPath(io.env)}.\n`);
        return;
      }
      const rows = names.map((name) => row(name, profiles[name] ?? {}, name === inUse(io, used)));
      io.out(renderTable([['', 'NAME', 'API', 'TOKEN', 'ACCOUNT', 'REGION'], ...rows]));
    });
}

const inUse = (io: Io, configured: string | undefined) => io.env.WEFT_PROFILE ?? configured;

/** Tokens are passwords: that there is one is all that is shown. */
const row = (name: string, profile: Profile, used: boolean) => [
  used ? '*' : ' ',
  name,
  profile.api ?? '-',
  profile.token !== undefined ? 'here' : (profile['token-file'] ?? '-'),
  profile.account ?? '-',
  profile.region ?? '-',
];

function addUse(profile: Command, io: Io): void {
  profile
    .command('use')
    .description('use this one when no other is named')
    .argument('<name>')
    .action(async (name: string) => {
      const configuration = await readConfiguration(io.env);
      profileNamed(configuration, name);
      await writeConfiguration(io.env, { ...configuration, profile: name });
      io.out(`using ${name}\n`);
    });
}

type SetOptions = Omit<Profile, 'token' | 'token-file'> & { readonly tokenFile?: string };

/** A profile is used in any folder: the files that it names are those of the folder where it is set. */
function withWholePaths({ tokenFile, ...others }: SetOptions): Profile {
  const files = { ca: others.ca, certificate: others.certificate, key: others.key, 'token-file': tokenFile };
  const given = Object.entries(files).filter(([, path]) => path !== undefined) as [keyof Profile, string][];
  return { ...others, ...Object.fromEntries(given.map(([field, path]) => [field, resolve(path)])) };
}

function addSet(profile: Command, io: Io): void {
  profile
    .command('set')
    .description('make one, or change fields of it; the first one made is the one in use')
    .argument('<name>')
    // Options of the program have the same names: these are the profile's own, and stand behind the command.
    .option('--api <url>', 'address of the API, e.g. https://192.0.2.1:8080')
    .option('--token-file <path>', 'file with the token of your access key')
    .option('--ca <path>', 'PEM file: whom to trust as the controller')
    .option('--certificate <path>', 'PEM file: your certificate')
    .option('--key <path>', 'PEM file: the key of the certificate')
    .option('--account <id>', 'another account than that of the key')
    .option('--region <region>', 'region')
    .option('--output <format>', `form of the output: ${formats.join(', ')}`)
    .action(async (name: string, options: SetOptions) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
        throw new CliError('usage', 'this cannot be the name of a profile', {
          value: name,
          fix: 'Use letters, digits, dots, dashes and underscores, at most 63.',
        });
      }
      const { profile: used = name, profiles } = await readConfiguration(io.env, true);
      const changed = { ...profiles, [name]: { ...profiles[name], ...withWholePaths(options) } };
      await writeConfiguration(io.env, { profile: used, profiles: changed });
      io.out(`set ${name}\n`);
    });
}

function addDelete(profile: Command, io: Io): void {
  profile
    .command('delete')
    .description('forget one')
    .argument('<name>')
    .action(async (name: string) => {
      const configuration = await readConfiguration(io.env);
      profileNamed(configuration, name);
      const { [name]: _gone, ...profiles } = configuration.profiles;
      const rest: Configuration =
        configuration.profile === name ? { profiles } : { ...configuration, profiles };
      await writeConfiguration(io.env, rest);
      io.out(`deleted ${name}\n`);
    });
}
