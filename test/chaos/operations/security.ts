import type { NetworkAclEntry } from '@weft/controller/resources';
import type { Client } from '../client.ts';
import type { Random } from '../random.ts';
import { any, inVpc, isFull, own, peersOf } from './choose.ts';

const ipv4Networks = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.4.0/22',
  '10.1.0.0/16',
  '100.64.0.0/10',
];
const ipv6Networks = ['::/0', '2001:db8::/40', '2001:db8:0:100::/56'];
/** Where routes by list lead: nowhere that anybody is. */
const ipv4Destinations = ['172.30.0.0/16', '172.30.4.0/24', '192.0.2.128/25', '172.29.0.0/16'];
const ipv6Destinations = ['fd00:1::/48', 'fd00:1:2::/56', 'fd00:2::/32'];

export async function createGroup(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || isFull(client, 'security-group')) return;
  const name = `group-${client.number}-${client.random.between(0, 1_000_000)}`;
  await client.create('security-group', { vpcId: vpc.id, name });
}

/** What a rule is about; ICMP has another name in IPv6. */
function chooseTraffic(random: Random, icmp: 'icmp' | 'icmpv6') {
  const port = random.pick([80, 443]) as number;
  const ping = icmp === 'icmp' ? { icmpType: 8, icmpCode: 0 } : { icmpType: 128, icmpCode: 0 };
  return random.pick([
    { protocol: 'tcp', fromPort: port, toPort: port },
    { protocol: 'tcp', fromPort: 1, toPort: 1023 },
    { protocol: icmp },
    { protocol: icmp, ...ping },
    { protocol: 'udp', fromPort: 53, toPort: 99 },
    { protocol: 'all' },
  ] as const);
}

/** Whom a rule names: mostly a group, of a peered VPC too. */
function chooseSide(client: Client, group: { id: string; spec: { vpcId: string } }) {
  const { random, ledger } = client;
  const across = random.pick(peersOf(client, group.spec.vpcId))?.peer;
  const groups = inVpc(client, 'security-group', random.chance(0.4) && across ? across.id : group.spec.vpcId);
  const list = random.pick(ledger.all('prefix-list').filter(({ spec }) => spec.name.startsWith('rules')));
  if (random.chance(0.5)) return { referencedGroupId: random.pick(groups)?.id ?? group.id };
  if (list && random.chance(0.3)) return { prefixListId: list.id };
  return random.chance(0.35)
    ? { cidrIpv6: random.pick(ipv6Networks) as string }
    : { cidrIpv4: random.pick(ipv4Networks) as string };
}

export async function createRule(client: Client): Promise<void> {
  const { random } = client;
  const group = any(client, 'security-group');
  if (!group || isFull(client, 'security-group-rule')) return;
  const side = chooseSide(client, group);
  const list = side.prefixListId ? client.ledger.get('prefix-list', side.prefixListId) : undefined;
  const isSix = side.cidrIpv6 !== undefined || list?.spec.addressFamily === 'ipv6';
  const direction = random.chance(0.8) ? 'ingress' : 'egress';
  const traffic = chooseTraffic(random, isSix ? 'icmpv6' : 'icmp');
  const spec = { groupId: group.id, direction, ...traffic, ...side };
  // Somebody may have ended the connection to the VPC of the group that the rule names.
  await client.create('security-group-rule', spec, side.referencedGroupId ? 'invalid-value' : undefined);
}

/** Mostly everything but one kind of packet; seldom nothing at all. */
function chooseEntries(random: Random): NetworkAclEntry[] {
  const entries: NetworkAclEntry[] = [];
  for (const direction of ['ingress', 'egress'] as const) {
    const sides = [{ cidrIpv4: '0.0.0.0/0' }, { cidrIpv6: '::/0' }];
    for (const [index, side] of sides.entries()) {
      if (random.chance(0.9)) {
        entries.push({ number: 100 + index, direction, action: 'allow', protocol: 'all', ...side });
      }
    }
    const isSix = random.chance(0.3);
    const side = isSix
      ? { cidrIpv6: random.pick(ipv6Networks) as string }
      : { cidrIpv4: random.pick(ipv4Networks) as string };
    const action = random.chance(0.7) ? 'deny' : 'allow';
    const traffic = chooseTraffic(random, isSix ? 'icmpv6' : 'icmp');
    if (traffic && random.chance(0.6)) {
      entries.push({ number: random.between(1, 200) * 2 + 1, direction, action, ...traffic, ...side });
    }
  }
  const seen = new Set<string>();
  return entries.filter(({ direction, number }) => {
    const key = `${direction} ${number}`;
    return !seen.has(key) && seen.add(key);
  });
}

export async function createAcl(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || isFull(client, 'network-acl')) return;
  await client.create('network-acl', { vpcId: vpc.id, entries: chooseEntries(client.random) });
}

export async function setEntries(client: Client): Promise<void> {
  const acl = own(client, 'network-acl');
  if (acl) await client.update('network-acl', acl, { entries: chooseEntries(client.random) });
}

/** Everything but one kind of packet, in one direction, which rules let through more often than others. */
function guardEntries(random: Random): NetworkAclEntry[] {
  const anywhere = [{ cidrIpv4: '0.0.0.0/0' }, { cidrIpv6: '::/0' }] as const;
  const open = (['ingress', 'egress'] as const).flatMap((direction) =>
    anywhere.map((side, index) => ({
      ...({ number: 100 + index, direction, action: 'allow', protocol: 'all' } as const),
      ...side,
    })),
  );
  const direction = random.pick(['ingress', 'egress'] as const) ?? 'ingress';
  const web = { protocol: 'tcp', fromPort: 80, toPort: 80 } as const;
  const [four, six] = random.chance(0.5)
    ? [web, web]
    : [{ protocol: 'icmp' as const }, { protocol: 'icmpv6' as const }];
  const deny = { direction, action: 'deny' } as const;
  return [
    { ...deny, number: 10, ...four, ...anywhere[0] },
    { ...deny, number: 11, ...six, ...anywhere[1] },
    ...open,
  ];
}

/** An ACL that stops one kind of packet at the border of a subnet, mostly of one where it would show. */
export async function guardSubnet(client: Client): Promise<void> {
  const { random, ledger } = client;
  const subnets = ledger.all('subnet', client.number);
  const withNat = new Set(ledger.all('nat-gateway').map(({ spec }) => spec.subnetId));
  const ofGateways = subnets.filter(({ id }) => withNat.has(id));
  const subnet = random.pick(ofGateways.length > 0 && random.chance(0.4) ? ofGateways : subnets);
  if (!subnet || isFull(client, 'network-acl')) return;
  const { vpcId } = subnet.spec;
  const acl = await client.create('network-acl', { vpcId, entries: guardEntries(random) });
  if (acl) await client.update('subnet', subnet, { networkAclId: acl.id });
}

const mostEntries = 3;

function chooseListed(random: Random, name: string, isSix: boolean): { cidr: string }[] {
  const forRoutes = name.startsWith('routes');
  const four = forRoutes ? ipv4Destinations : ipv4Networks;
  const six = forRoutes ? ipv6Destinations : ipv6Networks;
  return random.sample(isSix ? six : four, random.between(0, mostEntries)).map((cidr) => ({ cidr }));
}

/** The name tells what a list is for: those for routes never lead away what somebody has. */
export async function createPrefixList(client: Client): Promise<void> {
  const { random } = client;
  if (isFull(client, 'prefix-list')) return;
  const name = `${random.pick(['routes', 'rules'])}-${client.number}-${random.between(0, 1_000_000)}`;
  const addressFamily = random.chance(0.6) ? 'ipv4' : 'ipv6';
  const entries = chooseListed(random, name, addressFamily === 'ipv6');
  await client.create('prefix-list', { name, addressFamily, maxEntries: mostEntries, entries });
}

export async function setPrefixList(client: Client): Promise<void> {
  const list = own(client, 'prefix-list');
  if (!list) return;
  const { name, addressFamily } = list.spec;
  await client.update('prefix-list', list, {
    entries: chooseListed(client.random, name, addressFamily === 'ipv6'),
  });
}
