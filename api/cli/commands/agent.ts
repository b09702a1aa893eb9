import type { Command } from 'commander';
import type { Io } from '../command.ts';
import { CliError } from '../errors.ts';
import type { AgentOptions, Launchers } from '../launch.ts';
import { repeated } from '../options.ts';
import { serve } from './service.ts';

type BridgeMapping = AgentOptions['bridgeMappings'][number];

interface Options extends Omit<AgentOptions, 'bridgeMappings' | 'dnsServers'> {
  readonly bridgeMapping?: readonly BridgeMapping[];
  readonly dnsServer?: readonly string[];
}

/** `weft agent`: runs the agent of this host until a signal. */
export function addAgentCommand(program: Command, io: Io, launchers: Launchers): void {
  program
    .command('agent')
    .description('run the agent of this host; logs JSON to standard output')
    .requiredOption('--controller <url>', 'address of the API, e.g. http://192.0.2.1:8080')
    .requiredOption('--ovsdb <socket>', 'socket of the local ovsdb-server: unix:/ABSOLUTE/PATH/db.sock')
    .requiredOption('--host <name>', 'name of this host')
    .requiredOption('--tunnel-ip <address>', 'address that tunnels of other hosts end at')
    .option('--bridge-mapping <network=bridge>', 'bridge of an external network; repeatable', bridgeMapping)
    .option('--zone <zone>', 'availability zone of this host', 'zone-a')
    .option('--token-file <path>', "file with the token of this host's access key")
    .option('--ca <path>', 'PEM file: whom to trust as the controller')
    .option(
      '--certificate <path>',
      "PEM file: this host's certificate; its common name is the name of the host",
    )
    .option('--key <path>', 'PEM file: the key of the certificate')
    .option('--dns-server <address>', 'whom to ask for names outside, ADDRESS[:PORT]; repeatable', repeated)
    .option('--compute <driver>', 'start instances, by this driver: netns', computeDriver)
    .action(({ bridgeMapping: bridgeMappings = [], dnsServer: dnsServers, ...options }: Options) =>
      serve('agent', io, () =>
        launchers.agent({ ...options, bridgeMappings, ...(dnsServers ? { dnsServers } : {}) }),
      ),
    );
}

function bridgeMapping(text: string, before: readonly BridgeMapping[] = []): BridgeMapping[] {
  const [network, bridge, ...more] = text.split('=');
  if (network && bridge && more.length === 0) return [...before, { network, bridge }];
  throw new CliError('usage', 'this is no bridge mapping', {
    field: '--bridge-mapping',
    value: text,
    fix: 'Give it as NETWORK=BRIDGE, for example external=br-ext.',
  });
}

function computeDriver(text: string): 'netns' {
  if (text === 'netns') return text;
  throw new CliError('usage', 'there is no such compute driver', {
    field: '--compute',
    value: text,
    fix: 'Give netns, or leave it out when instances are started by others.',
  });
}
