import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ApiResource, Receipted } from '../../contract/index.ts';
import { type ClientOptions, type Io, requireApplied, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { given, type Naming, number, repeated, taggable } from '../options.ts';
import { waitForInstance } from '../waiting.ts';
import { addStateCommands } from './instance-state.ts';
import { groupIdsOf } from './interface.ts';
import { addNoun } from './noun.ts';

interface Run extends Naming, ClientOptions {
  readonly subnet?: string;
  readonly interface?: readonly string[];
  readonly privateAddress?: string;
  readonly ipv6AddressCount?: number;
  readonly publicAddress?: boolean;
  readonly group?: readonly string[];
  readonly host?: string;
  readonly image?: string;
  readonly type?: string;
  readonly userData?: string;
  readonly metadataHopLimit?: number;
  readonly metadataIpv6?: boolean;
}

/** `weft instance` */
export function addInstanceCommands(program: Command, io: Io): void {
  const instance = addNoun(program, io, {
    kind: 'instance',
    name: 'instance',
    description: 'VMs, containers or namespaces that hosts run',
    deleteVerb: 'terminate',
  });
  const run = instance
    .command('run')
    .alias('create')
    .description('start an instance; --wait waits until it runs and can be reached')
    .option('--subnet <subnet>', 'give it an interface of its own in this subnet')
    .option('--interface <interface>', 'give it this interface instead; repeatable', repeated)
    .option('--private-address <address>', 'address of its own interface; without it a free one')
    .option('--ipv6-address-count <number>', 'so many free IPv6 addresses for its own interface', Number)
    .option('--public-address', 'a public address while it runs')
    .option('--no-public-address', 'none, whatever the subnet says')
    .option('--group <group>', 'security group of its own interface; repeatable', repeated)
    .option('--name <name>', 'its name')
    .option('--host <host>', 'where it runs; without it the least loaded host of the zone')
    .option('--image <image>', 'image, for drivers that take one')
    .option('--type <type>', 'size, for drivers that take one')
    .option('--user-data <file>', 'file of at most 16 KiB that the instance reads as its user data')
    .option(
      '--metadata-hop-limit <number>',
      'how many hops answers of the metadata service go',
      number('the limit', 1, 64),
    )
    .option('--metadata-ipv6', 'metadata over IPv6, too');
  writingCommand<Run>(taggable(run), io, runInstance);
  addStateCommands(instance, io);
}

async function runInstance(session: Session, options: Run): Promise<void> {
  const body = { spec: await runSpec(session, options), tags: options.tag ?? {} };
  const made = await session.make('instance', body);
  if (options.wait !== true || made.receipt?.applied === false) return session.show('instance', made);
  const seconds = options.timeout ?? 0;
  session.progress.say('waiting until the instance runs');
  const running = await waitForInstance(session.client, made, seconds, 'running');
  const receipt = await bindingReceipt(session, running, seconds);
  await session.show('instance', { ...running, ...(receipt ? { receipt } : {}) });
}

async function runSpec(session: Session, options: Run): Promise<Record<string, unknown>> {
  const { subnet, privateAddress, name, host: hostId, image: imageId, type: instanceType } = options;
  if ((subnet === undefined) === (options.interface === undefined)) {
    throw new CliError('usage', 'an instance needs either a subnet or interfaces', {
      fix: 'Give --subnet for an interface of its own, or --interface for existing ones.',
    });
  }
  const subnetId = subnet && (await session.id('subnet', subnet));
  const securityGroupIds = subnetId ? await groupIdsOf(session, subnetId, options.group) : undefined;
  const networkInterfaceIds =
    options.interface &&
    (await Promise.all(options.interface.map((text) => session.id('network-interface', text))));
  return given({
    name,
    hostId,
    networkInterfaceIds,
    subnetId,
    privateAddress,
    ipv6AddressCount: options.ipv6AddressCount,
    associatePublicAddress: options.publicAddress,
    securityGroupIds,
    imageId,
    instanceType,
    userData: options.userData && (await base64Of(options.userData)),
    metadataHopLimit: options.metadataHopLimit,
    metadataIpv6: options.metadataIpv6,
  });
}

async function base64Of(path: string): Promise<string> {
  try {
    return (await readFile(path)).toString('base64');
  } catch (error) {
    throw new CliError('usage', `the user data cannot be read: ${(error as Error).message}`, {
      field: '--user-data',
      value: path,
      fix: 'Name a file that can be read.',
    });
  }
}

/** An instance can be reached when every host knows where its interfaces are: that is what their bindings tell them. */
async function bindingReceipt(
  session: Session,
  instance: ApiResource<'instance'>,
  seconds: number,
): Promise<Receipted['receipt']> {
  const { hostId, networkInterfaceIds } = instance.spec;
  const bindings = await session.client.listAll('binding', { 'spec.hostId': hostId });
  const revisions = bindings.items
    .filter((binding) => networkInterfaceIds.includes(binding.spec.networkInterfaceId))
    .map((binding) => binding.revision);
  if (revisions.length === 0) return undefined;
  session.progress.say('waiting for the hosts to know the instance');
  const receipt = await session.client.receipt(Math.max(...revisions), seconds);
  requireApplied(receipt);
  return receipt;
}
