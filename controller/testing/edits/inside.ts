import { securityGroupRuleOperations } from '../../features/security-group/operations.ts';
import { ipv4BlocksOf } from '../../resources/index.ts';
import type { Editor } from '../editor.ts';
import type { Edit } from './edit.ts';

/** A block of the VPC. */
function blockOf(editor: Editor, a: number, b: number): string {
  const vpc = editor.pick('vpc', a);
  const blocks = vpc ? ipv4BlocksOf(vpc) : ['10.0.0.0/16'];
  const block = blocks[b % blocks.length] as string;
  return `${block.split('.').slice(0, 2).join('.')}.${b % 4}.0/24`;
}

const listEntries = (a: number) =>
  [['10.0.0.0/8'], ['10.0.0.0/8', '198.51.100.0/24'], ['0.0.0.0/0', '192.0.2.0/24'], []][a % 4]?.map(
    (cidr) => ({
      cidr,
    }),
  );

/** Of VPCs: blocks, subnets, interfaces and security groups, and what goes between VPCs. */
export const insideEdits = {
  createVpc: ({ world }, a) =>
    world.create('vpc', {
      cidrBlock: ['10.0.0.0/16', '10.0.0.0/20', '172.16.0.0/16'][a % 3],
      ...(a % 2 ? {} : { ipv6CidrBlock: ['auto', 'fd00:1::/56', '2001:db8:0:100::/56'][a % 3] }),
    }),
  /** A VPC gets secondary blocks, or loses them. */
  setBlocks: (editor, a, b) => {
    const vpc = editor.pick('vpc', a);
    const secondaryCidrBlocks = [['100.64.0.0/16'], [], ['100.64.0.0/16', '100.65.0.0/20']][b % 3];
    return vpc && editor.world.update('vpc', vpc.id, { secondaryCidrBlocks });
  },
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
    const attribute = a % 4 < 2 ? 'enableDnsSupport' : 'enableDnsHostnames';
    const change = b % 5 ? { dhcpOptionsId } : { [attribute]: a % 2 === 0 };
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
    if (!host || !port) return undefined;
    const ofport = 10 + (c % 5) + (port.number as number) * 10;
    return editor.world.bind(host.id, port.id, ofport, c % 3 === 0);
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
} as const satisfies Record<string, Edit>;
