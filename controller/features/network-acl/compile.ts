import type { FieldMatch } from 'node-openflow';
import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  ipMatch,
  on,
  onRegister,
  parseNetwork,
  protocol,
} from '../../pipeline/index.ts';
import type { NetworkAclEntry, ResourceOf } from '../../resources/index.ts';
import { hasPorts, portMasks, protocolNumber } from '../security-group/rule-matches.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

/** Lower numbers first; below the flow that lets pass what stays in its subnet. */
const priorityOf = (entry: NetworkAclEntry) => 40000 - entry.number;

const portFields = {
  [protocol.tcp]: 'tcp_dst',
  [protocol.udp]: 'udp_dst',
} as const;

/** The matches that together are the entry's protocol, with its ports, or ICMP type and code. */
function serviceMatches(entry: NetworkAclEntry): FieldMatch[][] {
  const number = protocolNumber(entry.protocol);
  if (number === undefined) return [[]];
  const isProtocol = on('ip_proto', number);
  const { fromPort = 0, toPort = 65535, icmpType = -1, icmpCode = -1 } = entry;
  if (hasPorts(entry.protocol)) {
    const field = portFields[number as keyof typeof portFields];
    if (fromPort === 0 && toPort === 65535) return [[isProtocol]];
    return portMasks(fromPort, toPort).map(({ value, mask }) => [
      isProtocol,
      mask === 0xffff ? on(field, value) : on(field, value, mask),
    ]);
  }
  const six = number === protocol.icmpv6;
  return [
    [
      isProtocol,
      ...(icmpType < 0 ? [] : [on(six ? 'icmpv6_type' : 'icmpv4_type', icmpType)]),
      ...(icmpCode < 0 ? [] : [on(six ? 'icmpv6_code' : 'icmpv4_code', icmpCode)]),
    ],
  ];
}

function entryFlows(acl: ResourceOf<'network-acl'>, vpc: ResourceOf<'vpc'>, entry: NetworkAclEntry): Flow[] {
  const { direction, cidrIpv4, cidrIpv6 } = entry;
  const network = parseNetwork((cidrIpv4 ?? cidrIpv6) as string);
  const [ip, ...address] = ipMatch(direction === 'ingress' ? 'src' : 'dst', network);
  const next = direction === 'ingress' ? 'ingress-check' : 'route';
  return serviceMatches(entry).map((service) => ({
    stage: `${direction}-acl`,
    priority: priorityOf(entry),
    match: [
      vpcMatch(vpc),
      onRegister('networkAcl', acl.number as number),
      ip,
      ...service.slice(0, 1),
      ...address,
      ...service.slice(1),
    ],
    actions: [],
    ...(entry.action === 'allow' ? { goto: next } : {}),
  }));
}

const entries: FragmentDefinition = {
  name: 'network-acl.entries',
  code: 32,
  compile(view, id) {
    const acl = view.get('network-acl', id);
    const vpc = acl && view.get('vpc', acl.spec.vpcId);
    if (!acl || !vpc || acl.spec.entries.length === 0) return undefined;
    return {
      scope: vpcScope(vpc),
      number: acl.number as number,
      flows: acl.spec.entries.flatMap((entry) => entryFlows(acl, vpc, entry)),
    };
  },
};

/** Network ACLs: one fragment for all subnets that use it. Which one a subnet uses is a flow of the subnet. */
export const networkAclFeature: Feature = {
  name: 'network-acl',
  fragments: [entries],
  *affected({ kind, id }) {
    if (kind === 'network-acl') yield { definition: entries, id };
  },
};
