import { type Command, Option } from 'commander';
import type { Io } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Address, ControllerOptions, Launchers } from '../launch.ts';
import { number, underlayMtu } from '../options.ts';
import { addressOption, serve } from './service.ts';

const defaultApi: Address = { host: '127.0.0.1', port: 8080 };
const defaultOpenflow: Address = { host: '0.0.0.0', port: 6653 };

/** `weft controller`: runs a controller with its REST API until a signal. */
export function addControllerCommand(program: Command, io: Io, launchers: Launchers): void {
  program
    .command('controller')
    .description('run a controller with its API; logs JSON to standard output')
    .option('--api <host:port>', 'where the API listens', addressOption('--api'), defaultApi)
    .option(
      '--openflow <host:port>',
      'where switches connect to',
      addressOption('--openflow'),
      defaultOpenflow,
    )
    .requiredOption('--store <store>', 'where resources are kept: sqlite:PATH')
    .addOption(
      new Option(
        '--access <mode>',
        'keys: everybody shows an access key; development: everybody is an admin, on loopback only (default: development on loopback as long as no admin has a key)',
      ).choices(['keys', 'development']),
    )
    .option(
      '--key-file <path>',
      'key that encrypts secrets in the store (default: the path of the store and .key)',
    )
    .option('--region <region>', 'region of callers that name none', 'us-east-1')
    .option(
      '--regions <names>',
      "regions that there are, separated by commas; --region is one of them (default: AWS's)",
      regionsOption,
    )
    .option(
      '--rate-limit <requests>',
      'requests a second that each access key may send to each of the two APIs',
      number('requests', 1, 1_000_000),
      200,
    )
    .option(
      '--tls-certificate <path>',
      'PEM file: certificate of the API, which then speaks HTTPS; read again on SIGHUP',
    )
    .option('--tls-key <path>', 'PEM file: key of the certificate')
    .option(
      '--tls-client-ca <path>',
      'PEM file: authority whose certificates, named like hosts, their agents show',
    )
    .option('--openflow-tls', 'switches connect by TLS, with certificates of the client authority')
    .option(
      '--underlay-mtu <bytes>',
      'largest packets that all hosts can send each other; VMs have 58 bytes less',
      underlayMtu,
      1500,
    )
    .option('--audit-days <days>', 'how long the audit log is kept', number('days', 1, 36_500), 365)
    .option(
      '--audit-entries <entries>',
      'how many entries of the audit log are kept',
      number('entries', 1, 1_000_000_000),
      1_000_000,
    )
    .action((options: ControllerOptions) => {
      requireKnownRegion(options);
      return serve('controller', io, () => launchers.controller(options));
    });
}

/** Parser of `--regions A,B`. */
function regionsOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[a-z][a-z0-9-]{0,39}$/.test(name));
  if (wrong === undefined) return [...new Set(names)];
  throw new CliError('usage', 'this is no name of a region', {
    field: '--regions',
    value: wrong,
    fix: 'Give names such as us-east-1, separated by commas.',
  });
}

function requireKnownRegion({ region, regions }: ControllerOptions): void {
  if (!regions || regions.includes(region)) return;
  throw new CliError(
    'usage',
    `callers that name no region would be in ${region}, which is none of --regions`,
    {
      field: '--region',
      value: region,
      fix: `Give --region with one of ${regions.join(', ')}.`,
    },
  );
}
