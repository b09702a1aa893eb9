import { securityGroupRuleOperations } from '../features/security-group/operations.ts';
import type { KindName } from '../resources/index.ts';
import type { Editor } from './editor.ts';
import { dualStackNetworkSpec, externalNetworkSpec } from './scene.ts';

type Edit = (editor: Editor, a: number, b: number, c: number) => Promise<unknown> | undefined;

/** An elastic IP that nobody has, if there is one. */
const freeElasticIp = (editor: Editor, first: number) =>
  editor.all('elastic-ip', first).find(({ spec }) => spec.networkInterfaceId === undefined);

/** What may be removed at any time; the operations refuse what is in use. */
const removable: readonly KindName[] = [
  'security-group-rule',
  'network-interface',
  'elastic-ip',
  'nat-gateway',
  'subnet',
  'security-group',
  'route-table',
  'network-acl',
  'vpc-peering-connection',
  'prefix-list',
  'internet-gateway',
  'egress-only-internet-gateway',
  'instance',
  'vpc',
  'dhcp-options',
];

/** A block of the VPC. */
function blockOf(editor: Editor, a: number, b: number): string {
  const block = editor.pick('vpc', a)?.spec.cidrBlock ?? '10.0.0.0/16';
  return `${block.split('.').slice(0, 2).join('.')}.${b % 4}.0/24`;
}

const listEntries = (a: number) =>
  [['10.0.0.0/8'], ['10.0.0.0/8', '198.51.100.0/24'], ['0.0.0.0/0', '192.0.2.0/24'], []][a % 4]?.map(
    (cidr) => ({
      cidr,
    }),
  );

const aclEntry = (a: number, b: number) => ({
  number: 100 + (b % 3),
  direction: a % 2 ? 'ingress' : 'egress',
  action: b % 2 ? 'allow' : 'deny',
  protocol: (['all', 'tcp', 'udp', 'icmp', 47] as const)[a % 5],
  cidrIpv4: ['0.0.0.0/0', '10.0.1.0/24'][b % 2],
});

/** Everything that callers, agents and operators do, each chosen by three numbers. */
export const edits = {
  createVpc: ({ world }, a) =>
    world.create('vpc', {
      cidrBlock: ['10.0.0.0/16', '10.0.0.0/20', '172.16.0.0/16'][a % 3],
      ...(a % 2 ? {} : { ipv6CidrBlock: ['auto', 'fd00:1::/56', '2001:db8:0:100::/56'][a % 3] }),
    }),
  /** A VPC gets an IPv6 block, or loses it. */
  setVpcIpv6: (editor, a, b) => {
    const vpc = editor.pick('vpc', a);
    const ipv6CidrBlock = ['auto', null, 'fd00:2::/56'][b % 3];
    return vpc && editor.world.update('vpc', vpc.id, { ipv6CidrBlock });
  },
  setSubnetIpv6: (editor, a, b) => {
    const subnet = editor.pick('subnet', a);
    const ipv6CidrBlock = b % 3 ? 'auto' : null;
    return subnet && editor.world.update('subnet', subnet.id, { ipv6CidrBlock });
  },
  setAddresses: (editor, a, b) => {
    const port = editor.pick('network-interface', a);
    return port && editor.world.update('network-interface', port.id, { ipv6AddressCount: b % 3 });
  },
  createEgressOnlyGateway: (editor, a, b) =>
    editor.world.create('egress-only-internet-gateway', {
      vpcId: editor.pick('vpc', a)?.id,
      externalNetworkId: editor.pick('external-network', b)?.id,
    }),
  createDhcpOptions: ({ world }, a, b) =>
    world.create('dhcp-options', {
      domainName: ['example.com', 'weft.test'][a % 2],
      ...(b % 2 ? { ntpServers: ['192.0.2.1'] } : { domainNameServers: ['provided', '192.0.2.53'] }),
    }),
  setDhcpOptions: (editor, a, b) => {
    const vpc = editor.pick('vpc', a);
    const dhcpOptionsId = b % 3 ? editor.pick('dhcp-options', b)?.id : null;
    const change = b % 5 ? { dhcpOptionsId } : { enableDnsSupport: a % 2 === 0 };
    return vpc && editor.world.update('vpc', vpc.id, change);
  },
  createSubnet: (editor, a, b) =>
    editor.world.create('subnet', {
      vpcId: editor.pick('vpc', a)?.id,
      cidrBlock: blockOf(editor, a, b),
      ...(editor.pick('vpc', a)?.spec.ipv6CidrBlock && b % 3 < 2
        ? { ipv6CidrBlock: 'auto', assignIpv6Address: b % 2 === 0 }
        : {}),
    }),
  createPeering: (editor, a, b) =>
    editor.world.create('vpc-peering-connection', {
      requesterVpcId: editor.pick('vpc', a)?.id,
      accepterVpcId: editor.pick('vpc', b)?.id,
    }),
  answerPeering: (editor, a, b) => {
    const connection = editor.pick('vpc-peering-connection', a);
    const state = b % 4 ? 'active' : 'rejected';
    return connection && editor.world.update('vpc-peering-connection', connection.id, { state });
  },
  /** Two rules in one commit, so that the first of something is not the only one. */
  createTwoRules: (editor, a, b, c) => {
    const groupId = editor.pick('security-group', a)?.id;
    const referencedGroupId = editor.pick('security-group', b)?.id;
    const create = securityGroupRuleOperations.create as NonNullable<
      typeof securityGroupRuleOperations.create
    >;
    const direction = c % 2 ? 'ingress' : 'egress';
    return editor.world.run((draft) => {
      for (const protocol of ['icmp', 'udp']) {
        create(draft, { spec: { groupId, direction, protocol, referencedGroupId }, tags: {} });
      }
    });
  },
  createList: (editor, a) =>
    editor.world.create('prefix-list', { name: 'list', maxEntries: 5, entries: listEntries(a) }),
  setList: (editor, a, b) => {
    const list = editor.pick('prefix-list', a);
    return list && editor.world.update('prefix-list', list.id, { entries: listEntries(b) });
  },
  createInterface: (editor, a, b) =>
    editor.world.create('network-interface', {
      subnetId: editor.pick('subnet', a)?.id,
      ...(b % 3 ? { securityGroupIds: [editor.pick('security-group', b)?.id] } : {}),
    }),
  /** Ports are never shared: Open vSwitch gives each interface a number of its own. */
  bind: (editor, a, b, c) => {
    const [host, port] = [editor.pick('host', a), editor.pick('network-interface', b)];
    return host && port && editor.world.bind(host.id, port.id, 10 + (c % 5) + (port.number as number) * 10);
  },
  unbind: (editor, a) => {
    const binding = editor.pick('binding', a);
    return binding && editor.world.unbind(binding.spec.hostId, binding.spec.networkInterfaceId);
  },
  createGroup: (editor, a) =>
    editor.world.create('security-group', { vpcId: editor.pick('vpc', a)?.id, name: editor.newName() }),
  createRule: (editor, a, b, c) =>
    editor.world.create('security-group-rule', {
      groupId: editor.pick('security-group', a)?.id,
      direction: c % 2 ? 'ingress' : 'egress',
      ...(c % 3
        ? { protocol: 'tcp', fromPort: c % 100, toPort: (c % 100) + (b % 50) }
        : { protocol: (['all', 'icmp', 'udp', 47, 'icmpv6'] as const)[c % 5] }),
      ...(b % 5 === 0
        ? { cidrIpv6: ['::/0', '2001:db8:0:100::/56', 'fd00::/8'][b % 3] }
        : b % 2
          ? b % 5 === 3 && editor.pick('prefix-list', b)
            ? { prefixListId: editor.pick('prefix-list', b)?.id }
            : { cidrIpv4: ['0.0.0.0/0', '10.0.0.0/8', '10.0.1.0/24'][b % 3] }
          : { referencedGroupId: editor.pick('security-group', a + b)?.id }),
    }),
  setGroups: (editor, a, b, c) => {
    const groups = [editor.pick('security-group', b)?.id, editor.pick('security-group', c)?.id];
    const port = editor.pick('network-interface', a);
    const securityGroupIds = [...new Set(groups)];
    return port && editor.world.update('network-interface', port.id, { securityGroupIds });
  },
  createGateway: (editor, a) =>
    editor.world.create('internet-gateway', {
      vpcId: editor.pick('vpc', a)?.id,
      externalNetworkId: editor.pick('external-network', a)?.id,
    }),
  moveGateway: (editor, a, b) => {
    const gateway = editor.pick('internet-gateway', a);
    if (!gateway) return undefined;
    const vpcId = gateway.spec.vpcId ? null : editor.pick('vpc', b)?.id;
    return editor.world.update('internet-gateway', gateway.id, { vpcId });
  },
  setRoutes: (editor, a, b, c) => {
    const table = editor.pick('route-table', a);
    const targets = [editor.pick('internet-gateway', b)?.id, editor.pick('vpc-peering-connection', b)?.id];
    const target = targets[c % 2] ?? targets[0] ?? targets[1];
    const list = editor.pick('prefix-list', a);
    const routes =
      c % 3
        ? [
            { destination: '0.0.0.0/0', target },
            { destination: '192.0.2.0/24', target: 'blackhole' },
            {
              destinationIpv6: '::/0',
              target: (c % 2 ? editor.pick('egress-only-internet-gateway', b)?.id : target) ?? target,
            },
            { destinationIpv6: '2001:db8:2::/48', target: 'blackhole' },
            ...(list && c % 4 ? [{ destination: list.id, target }] : []),
          ]
        : [];
    return table && editor.world.update('route-table', table.id, { routes });
  },
  createTable: (editor, a) => editor.world.create('route-table', { vpcId: editor.pick('vpc', a)?.id }),
  setMainTable: (editor, a) => {
    const table = editor.pick('route-table', a);
    return table && editor.world.update('vpc', table.spec.vpcId, { mainRouteTableId: table.id });
  },
  setTable: (editor, a, b) => {
    const subnet = editor.pick('subnet', a);
    const routeTableId = b % 3 ? editor.pick('route-table', b)?.id : null;
    return subnet && editor.world.update('subnet', subnet.id, { routeTableId });
  },
  createAcl: (editor, a, b) =>
    editor.world.create('network-acl', {
      vpcId: editor.pick('vpc', a)?.id,
      ...(b % 2 ? { entries: [aclEntry(a, b)] } : {}),
    }),
  setEntries: (editor, a, b, c) => {
    const acl = editor.pick('network-acl', a);
    const entries = c % 4 ? [aclEntry(a, b), { ...aclEntry(b, c), number: 200 }] : [];
    return acl && editor.world.update('network-acl', acl.id, { entries });
  },
  setAcl: (editor, a, b) => {
    const subnet = editor.pick('subnet', a);
    const networkAclId = b % 3 ? editor.pick('network-acl', b)?.id : null;
    return subnet && editor.world.update('subnet', subnet.id, { networkAclId });
  },
  createElasticIp: (editor, a, b, c) =>
    editor.world.create('elastic-ip', {
      externalNetworkId: editor.pick('external-network', b)?.id,
      ...(c % 4 === 3 ? {} : { networkInterfaceId: editor.pick('network-interface', a)?.id }),
    }),
  associate: (editor, a, b) => {
    const elasticIp = editor.pick('elastic-ip', a);
    const networkInterfaceId = b % 3 ? editor.pick('network-interface', b)?.id : null;
    return elasticIp && editor.world.update('elastic-ip', elasticIp.id, { networkInterfaceId });
  },
  /** Private ones, or public ones with an elastic IP that is free; both in any subnet. */
  createNatGateway: (editor, a, b) =>
    editor.world.create('nat-gateway', {
      subnetId: editor.pick('subnet', a)?.id,
      ...(b % 3 ? { elasticIpId: freeElasticIp(editor, b)?.id } : { connectivity: 'private' }),
    }),
  routeToNat: (editor, a, b) => {
    const gateway = editor.pick('nat-gateway', a);
    const tables = editor.all('route-table', b).filter(({ spec }) => spec.vpcId === gateway?.spec.vpcId);
    const routes = [{ destination: '0.0.0.0/0', target: gateway?.id }];
    return tables[0] && editor.world.update('route-table', tables[0].id, { routes });
  },
  /** A host falls silent, or is heard again. */
  changeHostState: (editor, a) => {
    const host = editor.pick('host', a);
    const state = host?.status.state === 'up' ? 'down' : 'up';
    return host && editor.world.run((draft) => draft.update(host, { status: { state } }));
  },
  tagInstance: (editor, a, b) => {
    const instance = editor.pick('instance', a);
    return instance && editor.world.run((draft) => draft.update(instance, { tags: { Name: `n${b % 3}` } }));
  },
  createInstance: (editor, a, b) => {
    const port = editor.pick('network-interface', b);
    const own = { subnetId: editor.pick('subnet', a)?.id };
    const spec = b % 2 && port ? { networkInterfaceIds: [port.id] } : own;
    return editor.world.create('instance', spec);
  },
  /** An external network goes and comes; hosts name their ports to it by name, so these outlast it. */
  createExternalNetwork: ({ world }, a) =>
    world.create('external-network', {
      ...(a % 3 ? externalNetworkSpec : dualStackNetworkSpec),
      name: ['external', 'office'][a % 2],
    }),
  setNetworkIpv6: (editor, a, b) => {
    const network = editor.pick('external-network', a);
    const ipv6CidrBlock = b % 2 ? '2001:db8::/54' : '2001:db8:1::/54';
    const change = { ipv6CidrBlock, ipv6Gateway: b % 3 ? 'fe80::1' : 'fe80::2' };
    return network && editor.world.update('external-network', network.id, change);
  },
  removeExternalNetwork: (editor, a) => {
    const network = editor.pick('external-network', a);
    return network && editor.world.remove('external-network', network.id);
  },
  /** The agent registers again: with another tunnel address, another tunnel port, or other external ports. */
  changeHost: (editor, a, b, c) => {
    const host = editor.pick('host', a);
    const changes = [
      { tunnelAddress: `198.18.${1 + (c % 3)}.${a % 3}` },
      c % 4 < 2 ? { tunnelPort: 1 + 5 * (c % 2) } : { servicePort: 65000 + (c % 2) },
      { externalPorts: c % 3 ? { external: 2, office: 3 + (c % 2) } : { external: 5 } },
    ];
    const change = { ...host?.spec, ...changes[b % 3] } as never;
    return host && editor.world.run((draft) => draft.update(host, { spec: change }));
  },
  /** A host goes for good, or comes back. */
  toggleHost: (editor, a) => {
    const index = 1 + (a % 3);
    return editor.world.topology.get('host', `host-${index}`)
      ? editor.world.remove('host', `host-${index}`)
      : editor.world.host(index, { externalPorts: { external: 2, office: 3 }, servicePort: 65000 });
  },
  /** What housekeeping does with a set of groups that was unused for long. */
  removeIdentity: (editor, a) => {
    const { topology } = editor.world;
    const unused = editor
      .all('identity', a)
      .find((identity) => topology.countReferrers(identity, 'in-identity', 'network-interface') === 0);
    return unused && editor.world.run((draft) => draft.remove(unused));
  },
  /** Something that can go: what is in use is refused. */
  remove: async (editor, a, b) => {
    const kind = removable[b % removable.length] as KindName;
    let refusal: unknown;
    for (const { id } of editor.all(kind, a)) {
      try {
        return await editor.world.remove(kind, id);
      } catch (error) {
        refusal = error;
      }
    }
    if (refusal) throw refusal;
  },
} as const satisfies Record<string, Edit>;

export type EditName = keyof typeof edits;
