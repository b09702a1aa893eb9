import type { Command } from 'commander';
import { destinationOf } from '../columns.ts';
import { type Io, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { resolve } from '../names.ts';
import { given, type Naming, nameable, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';
import { edit } from './update.ts';

/** `weft route-table` */
export function addRouteTableCommands(program: Command, io: Io): void {
  const table = addNoun(program, io, {
    kind: 'route-table',
    name: 'route-table',
    aliases: ['rtb'],
    description: 'where packets go that leave a subnet, or come in by an internet gateway',
    inVpc: true,
  });
  const create = table
    .command('create')
    .description('make a route table; the local route is always there')
    .requiredOption('--vpc <vpc>', 'VPC that it belongs to');
  writingCommand<Naming & { vpc: string }>(nameable(create), io, async (session, options) => {
    const body = { spec: { vpcId: await session.id('vpc', options.vpc) }, tags: tagsOf(options) };
    await session.create('route-table', body);
  });
  addRouteAddition(table, io);
  addRouteRemoval(table, io);
  addEdgeAssociation(table, io);
}

/** Subnets name their table; of a gateway, its table does. */
function addEdgeAssociation(table: Command, io: Io): void {
  const associate = table
    .command('associate')
    .description('have packets go by it that come in by an internet gateway; subnets: weft subnet update')
    .argument('<table>')
    .requiredOption('--internet-gateway <gateway>', 'internet gateway of its VPC');
  writingCommand<{ internetGateway: string }>(associate, io, async (session, options, text) => {
    const internetGatewayId = await session.id('internet-gateway', options.internetGateway);
    await session.change('route-table', text, { internetGatewayId });
  });
  const disassociate = table
    .command('disassociate')
    .description('have packets that come in by its internet gateway go to their receivers')
    .argument('<table>');
  writingCommand(disassociate, io, (session, _options, text) =>
    session.change('route-table', text, { internetGatewayId: null }),
  );
}

interface WhichTable {
  readonly vpc?: string;
}

const whichTable = (command: Command) =>
  command
    .argument('[table]', 'route table; leave it out for the main one of --vpc')
    .option('--vpc <vpc>', 'take the main route table of this VPC');

function addRouteAddition(table: Command, io: Io): void {
  const add = whichTable(table.command('add-route').description('add a route, or give one another target'))
    .requiredOption('--destination <cidr>', 'where to, e.g. 0.0.0.0/0 or ::/0, or the id of a prefix list')
    .requiredOption(
      '--target <target>',
      'internet gateway, egress-only one, NAT gateway, peering connection or network interface, or blackhole',
    );
  type Options = WhichTable & { destination: string; target: string };
  writingCommand<Options>(add, io, async (session, options, text?: string) => {
    const { destination } = options;
    const target = await targetId(session, options.target);
    const id = await tableId(session, text, options);
    const changed = await edit(session, 'route-table', id, ({ spec }) => ({
      spec: {
        routes: [
          ...spec.routes.filter((route) => destinationOf(route) !== destination),
          destination.includes(':') ? { destinationIpv6: destination, target } : { destination, target },
        ],
      },
    }));
    await session.show('route-table', changed);
  });
}

/** NAT gateways and egress-only gateways are named by their id, everything else is the name or id of an internet gateway. */
async function targetId(session: Session, text: string): Promise<string> {
  if (/^(blackhole|(nat|eigw|pcx|eni)-.*)$/.test(text)) return text;
  return session.id('internet-gateway', text);
}

function addRouteRemoval(table: Command, io: Io): void {
  const remove = whichTable(table.command('remove-route').description('remove a route')).requiredOption(
    '--destination <cidr>',
    'where to, as in the table',
  );
  type Options = WhichTable & { destination: string };
  writingCommand<Options>(remove, io, async (session, options, text?: string) => {
    const id = await tableId(session, text, options);
    const changed = await edit(session, 'route-table', id, ({ spec }) => {
      const routes = spec.routes.filter((route) => destinationOf(route) !== options.destination);
      if (routes.length < spec.routes.length) return { spec: { routes } };
      throw new CliError('unknown-name', 'the table has no route to this destination', {
        field: '--destination',
        value: options.destination,
        fix: `Its routes: ${spec.routes.map(destinationOf).join(', ') || 'only local'}.`,
      });
    });
    await session.show('route-table', changed);
  });
}

async function tableId(session: Session, text: string | undefined, { vpc }: WhichTable): Promise<string> {
  if (text !== undefined && vpc === undefined) return session.id('route-table', text);
  if (text === undefined && vpc !== undefined) {
    return (await resolve(session.client, 'vpc', vpc)).spec.mainRouteTableId;
  }
  throw new CliError('usage', 'it is not clear which route table is meant', {
    fix: 'Give either the route table or --vpc for its main one.',
  });
}

interface CreateGateway extends Naming {
  readonly vpc?: string;
  readonly externalNetwork?: string;
}

/** `weft internet-gateway` */
export function addInternetGatewayCommands(program: Command, io: Io): void {
  const gateway = addNoun(program, io, {
    kind: 'internet-gateway',
    name: 'internet-gateway',
    aliases: ['igw'],
    description: 'join a VPC to an external network',
    inVpc: true,
  });
  const create = gateway
    .command('create')
    .description('make an internet gateway')
    .option('--vpc <vpc>', 'attach it to this VPC at once')
    .option('--external-network <network>', 'network outside; needed when there are several');
  writingCommand<CreateGateway>(nameable(create), io, async (session, options) => {
    const { vpc, externalNetwork } = options;
    const vpcId = vpc && (await session.id('vpc', vpc));
    const externalNetworkId = externalNetwork && (await session.id('external-network', externalNetwork));
    const body = { spec: given({ vpcId, externalNetworkId }), tags: tagsOf(options) };
    await session.create('internet-gateway', body);
  });
  const attach = gateway
    .command('attach')
    .description('attach it to a VPC')
    .argument('<gateway>')
    .requiredOption('--vpc <vpc>', 'the VPC');
  writingCommand<{ vpc: string }>(attach, io, async (session, options, text) => {
    await session.change('internet-gateway', text, { vpcId: await session.id('vpc', options.vpc) });
  });
  const detach = gateway.command('detach').description('detach it from its VPC').argument('<gateway>');
  writingCommand(detach, io, (session, _options, text) =>
    session.change('internet-gateway', text, { vpcId: null }),
  );
}

interface CreateEgressOnly extends Naming {
  readonly vpc: string;
  readonly externalNetwork?: string;
}

/** `weft egress-only-internet-gateway` */
export function addEgressOnlyInternetGatewayCommands(program: Command, io: Io): void {
  const gateway = addNoun(program, io, {
    kind: 'egress-only-internet-gateway',
    name: 'egress-only-internet-gateway',
    aliases: ['eigw'],
    description: 'let a VPC open IPv6 connections to an external network, and nobody there to it',
    inVpc: true,
  });
  const create = gateway
    .command('create')
    .description('make an egress-only internet gateway')
    .requiredOption('--vpc <vpc>', 'VPC that it belongs to')
    .option('--external-network <network>', 'network outside; needed when there are several');
  writingCommand<CreateEgressOnly>(nameable(create), io, async (session, options) => {
    const vpcId = await session.id('vpc', options.vpc);
    const { externalNetwork } = options;
    const externalNetworkId = externalNetwork && (await session.id('external-network', externalNetwork));
    const body = { spec: given({ vpcId, externalNetworkId }), tags: tagsOf(options) };
    const kind = 'egress-only-internet-gateway';
    await session.create(kind, body);
  });
}
