import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { given, type Naming, nameable, number, repeated, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';

interface CreateOptions extends Naming {
  readonly domainName?: string;
  readonly dns?: string[];
  readonly ntp?: string[];
  readonly leaseSeconds?: number;
}

/** `weft dhcp-options` */
export function addDhcpOptionsCommands(program: Command, io: Io): void {
  const options = addNoun(program, io, {
    kind: 'dhcp-options',
    name: 'dhcp-options',
    aliases: ['dopt'],
    description: 'what the instances of VPCs are told by DHCP',
  });
  const create = options
    .command('create')
    .description('make a set of DHCP options')
    .option('--domain-name <domain>', 'domain in which instances look for names')
    .option('--dns <address>', "DNS server, or provided: the VPC's own; repeatable", repeated)
    .option('--ntp <address>', 'time server; repeatable', repeated)
    .option('--lease-seconds <number>', 'how long an address is lent', number('the time', 120, 604_800));
  writingCommand<CreateOptions>(nameable(create), io, async (session, chosen) => {
    const { domainName, dns, ntp, leaseSeconds } = chosen;
    const spec = given({ domainName, domainNameServers: dns, ntpServers: ntp, leaseSeconds });
    const body = { spec, tags: tagsOf(chosen) };
    await session.create('dhcp-options', body);
  });
}
