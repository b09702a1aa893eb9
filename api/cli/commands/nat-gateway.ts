import type { Command } from 'commander';
import { type Io, readingCommand, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { resolve } from '../names.ts';
import { given, type Naming, nameable, tagsOf } from '../options.ts';
import { printable, renderData, renderTable } from '../output.ts';
import { addNoun } from './noun.ts';

interface CreateGateway extends Naming {
  readonly subnet: string;
  readonly elasticIp?: string;
  readonly private?: boolean;
  readonly privateAddress?: string;
}

/** `weft nat-gateway` and `weft placement`, which says where gateways run. */
export function addNatGatewayCommands(program: Command, io: Io): void {
  const gateway = addNoun(program, io, {
    kind: 'nat-gateway',
    name: 'nat-gateway',
    aliases: ['nat'],
    description: 'one address for connections that many interfaces open',
    inVpc: true,
  });
  const create = gateway
    .command('create')
    .description('make a NAT gateway; routes lead to it by its id')
    .requiredOption('--subnet <subnet>', 'subnet that it is in, with a route to the outside')
    .option('--elastic-ip <elastic-ip>', 'its address outside: an id, a name or an address')
    .option('--private', 'without an address outside: translates to its private address')
    .option('--private-address <address>', 'its address in the subnet; without it a free one');
  writingCommand<CreateGateway>(nameable(create), io, async (session, options) => {
    if ((options.elasticIp === undefined) === (options.private !== true)) {
      throw new CliError('usage', 'a NAT gateway is either public or private', {
        fix: 'Give --elastic-ip for a public one, or --private.',
      });
    }
    const subnetId = await session.id('subnet', options.subnet);
    const elasticIpId = options.elasticIp && (await session.id('elastic-ip', options.elasticIp));
    const connectivity = options.private ? 'private' : 'public';
    const spec = given({ subnetId, connectivity, elasticIpId, privateAddress: options.privateAddress });
    const body = { spec, tags: tagsOf(options) };
    await session.create('nat-gateway', body);
  });
  const counters = gateway
    .command('counters')
    .description('packets, bytes and connections, since its host has it')
    .argument('<id-or-name>');
  readingCommand(counters, io, async ({ client, format, io: output }, _options, text) => {
    const { id } = await resolve(client, 'nat-gateway', text ?? '');
    const counted = await client.natGatewayCounters(id);
    if (format === 'json' || format === 'yaml') return output.out(await renderData(counted, format));
    const { hostId, out, back, connections, portAllocationErrors } = counted;
    const titles = [
      'HOST',
      'CONNECTIONS',
      'NO PORT',
      'PACKETS OUT',
      'BYTES OUT',
      'PACKETS BACK',
      'BYTES BACK',
    ];
    const row = [hostId, connections, portAllocationErrors, out.packets, out.bytes, back.packets, back.bytes];
    output.out(renderTable([titles, row.map((value) => printable(String(value)))]));
  });
  addNoun(program, io, {
    kind: 'placement',
    name: 'placement',
    description: 'which host does the work of a gateway',
    inVpc: true,
    update: false,
    deleteVerb: false,
  });
}
