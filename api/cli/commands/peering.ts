import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { given, type Naming, nameable, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';
import type { UpdateVerb } from './update.ts';

interface CreatePeering extends Naming {
  readonly vpc: string;
  readonly with: string;
  readonly peerAccount?: string;
}

interface UpdatePeering {
  readonly requesterAllowsDns?: boolean;
  readonly accepterAllowsDns?: boolean;
}

const peeringUpdate: UpdateVerb<UpdatePeering> = {
  description: 'change whether public names stand for private addresses in the other VPC, or the tags',
  options: (command) =>
    command
      .option('--requester-allows-dns', "public names of the requester's VPC do in the accepter's")
      .option('--no-requester-allows-dns', 'they do not')
      .option('--accepter-allows-dns', "public names of the accepter's VPC do in the requester's")
      .option('--no-accepter-allows-dns', 'they do not'),
  spec: async (_session, { requesterAllowsDns, accepterAllowsDns }) =>
    given({ requesterAllowsDns, accepterAllowsDns }),
};

/** `weft vpc-peering` */
export function addPeeringCommands(program: Command, io: Io): void {
  const kind = 'vpc-peering-connection';
  const peering = addNoun(program, io, {
    kind,
    name: 'vpc-peering',
    aliases: ['pcx', 'vpc-peering-connection'],
    description: 'connections of two VPCs; routes on both sides lead packets across',
    update: peeringUpdate,
  });
  const create = peering
    .command('create')
    .description('ask for a connection with another VPC; its owner accepts or rejects')
    .requiredOption('--vpc <vpc>', 'VPC of your own')
    .requiredOption('--with <vpc>', 'the other VPC')
    .option('--peer-account <account>', "account of the other VPC's owner; without it your own");
  writingCommand<CreatePeering>(nameable(create), io, async (session, options) => {
    const accepterVpcId =
      options.peerAccount === undefined ? await session.id('vpc', options.with) : options.with;
    const spec = given({
      requesterVpcId: await session.id('vpc', options.vpc),
      accepterVpcId,
      accepterAccount: options.peerAccount,
    });
    await session.create(kind, { spec, tags: tagsOf(options) });
  });
  for (const [verb, state] of [
    ['accept', 'active'],
    ['reject', 'rejected'],
  ] as const) {
    const answer = peering.command(verb).description(`${verb} a connection`).argument('<peering>');
    writingCommand(answer, io, (session, _options, text) => session.change(kind, text, { state }));
  }
}
