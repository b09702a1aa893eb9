import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { given, type Naming, nameable, tagsOf } from '../options.ts';
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
  addNoun(program, io, {
    kind: 'placement',
    name: 'placement',
    description: 'which host does the work of a gateway',
    inVpc: true,
    update: false,
    deleteVerb: false,
  });
}
