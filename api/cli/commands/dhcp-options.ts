import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { given, type Naming, nameable, number, repeated, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';

interface CreateOptions extends Naming {
  readonly domainName?: string;
  readonly dns?: string[];
  readonly ntp?: string[];
  readonly netbiosServer?: string[];
  readonly netbiosNodeType?: number;
  readonly leaseSeconds?: number;
  readonly ipv6PreferredSeconds?: number;
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
    .option('--dns <address>', "DNS server, IPv4 or IPv6, or provided: the VPC's own; repeatable", repeated)
    .option('--ntp <address>', 'time server, IPv4 or IPv6; repeatable', repeated)
    .option('--netbios-server <address>', 'NetBIOS name server; repeatable', repeated)
    .option('--netbios-node-type <number>', '1, 2, 4 or 8; 2 asks the servers', number('the type', 1, 8))
    .option('--lease-seconds <number>', 'how long an address is lent', number('the time', 120, 604_800))
    .option(
      '--ipv6-preferred-seconds <number>',
      'how long IPv6 addresses are preferred',
      number('the time', 60, 2_147_483_647),
    );
  writingCommand<CreateOptions>(nameable(create), io, async (session, chosen) => {
    const { domainName, dns, ntp, netbiosServer, netbiosNodeType, leaseSeconds, ipv6PreferredSeconds } =
      chosen;
    const spec = given({
      domainName,
      domainNameServers: dns,
      ntpServers: ntp,
      netbiosNameServers: netbiosServer,
      netbiosNodeType,
      leaseSeconds,
      ipv6PreferredLeaseSeconds: ipv6PreferredSeconds,
    });
    const body = { spec, tags: tagsOf(chosen) };
    await session.create('dhcp-options', body);
  });
}
