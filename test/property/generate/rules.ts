import { ipv4BlocksOf, type ResourceOf } from '../../../controller/resources/index.ts';
import type { Spec } from '../script.ts';
import { outsideAddresses, outsideAddressesIpv6, type Scene, somePort } from './scene.ts';

/** A random rule for a group. */
export function someRule(scene: Scene, group: ResourceOf<'security-group'>): Spec {
  const { random } = scene;
  const direction = random.weighted([
    [3, 'ingress'],
    [1, 'egress'],
  ] as const);
  const peer = somePeer(scene, group);
  return { groupId: scene.ref(group), direction, ...someServiceFor(scene, peer), ...peer };
}

/** A service that is of the kind of IP of the other side; either kind where that is a group. */
export function someServiceFor(scene: Scene, peer: Spec): Spec {
  const service = someService(scene);
  const list = scene.all('prefix-list').find((one) => scene.ref(one) === peer.prefixListId);
  const isIpv6 =
    'cidrIpv6' in peer ||
    list?.spec.addressFamily === 'ipv6' ||
    ('referencedGroupId' in peer && scene.random.chance(0.4));
  if (service.protocol === 1 && isIpv6) return { protocol: 'icmpv6' };
  if (service.protocol !== 'icmp' || !isIpv6) return service;
  // Echo request and reply, and "destination unreachable".
  const icmpType = scene.random.pick([-1, 128, 128, 129, 1]);
  return {
    protocol: 'icmpv6',
    icmpType,
    ...(icmpType < 0 ? {} : { icmpCode: scene.random.pick([-1, 0, 0, 1]) }),
  };
}

/** A protocol with its ports, or type and code. */
export function someService({ random }: Scene): Spec {
  return random.weighted<() => Spec>([
    [2, () => ({ protocol: 'all' })],
    [4, () => ({ protocol: 'tcp', ...somePortRange(random) })],
    [3, () => ({ protocol: 'udp', ...somePortRange(random) })],
    [3, () => ({ protocol: 'icmp', ...someIcmpKind(random) })],
    [1, () => ({ protocol: random.pick([6, 17, 1, 47, 132, 50]) })],
  ])();
}

function somePortRange(random: Scene['random']): Spec {
  if (random.chance(0.15)) return {};
  const fromPort = somePort(random);
  const toPort = random.chance(0.5) ? fromPort : Math.min(65535, fromPort + random.between(0, 9000));
  return { fromPort, toPort };
}

function someIcmpKind(random: Scene['random']): Spec {
  return random.weighted<Spec>([
    [4, {}],
    [2, { icmpType: 8 }],
    [1, { icmpType: 8, icmpCode: 0 }],
    [1, { icmpType: -1, icmpCode: -1 }],
    [1, { icmpType: 13, icmpCode: -1 }],
    [1, { icmpType: 3, icmpCode: 4 }],
    [1, { icmpType: 8, icmpCode: 1 }],
  ]);
}

function somePeer(scene: Scene, { spec: { vpcId } }: ResourceOf<'security-group'>): Spec {
  const { random } = scene;
  const list = random.pickOrNone(scene.all('prefix-list'));
  if (list && random.chance(0.1)) return { prefixListId: scene.ref(list) };
  const vpcIds = new Set([vpcId, ...scene.connectionsOf(vpcId).map(({ vpc }) => vpc.id)]);
  const groups = scene.all('security-group').filter(({ spec }) => vpcIds.has(spec.vpcId));
  const group = random.pickOrNone(groups);
  if (group && random.chance(0.5)) return { referencedGroupId: scene.ref(group) };
  const subnets = scene.inVpc('subnet', vpcId);
  const member = random.pickOrNone(scene.inVpc('network-interface', vpcId));
  const cidrs = [
    '0.0.0.0/0',
    ...ipv4BlocksOf(scene.vpcOf({ spec: { vpcId } })),
    ...subnets.map(({ spec }) => spec.cidrBlock),
    ...(member ? [`${member.spec.privateAddress}/32`] : []),
    '203.0.113.0/24',
    `${random.pick(outsideAddresses)}/32`,
    '198.51.100.0/25',
    '128.0.0.0/1',
  ];
  const { ipv6CidrBlock } = scene.vpcOf({ spec: { vpcId } }).spec;
  if (ipv6CidrBlock === undefined || random.chance(0.5)) return { cidrIpv4: random.pick(cidrs) };
  return { cidrIpv6: random.chance(0.15) ? '::/0' : random.pick(ipv6Networks(scene, vpcId)) };
}

/** Networks that IPv6 packets of a VPC may be from or for. */
export function ipv6Networks(scene: Scene, vpcId: string): string[] {
  const { random } = scene;
  const { ipv6CidrBlock } = scene.vpcOf({ spec: { vpcId } }).spec;
  const subnets = scene.inVpc('subnet', vpcId);
  const members = scene.inVpc('network-interface', vpcId);
  return [
    ...(ipv6CidrBlock ? [ipv6CidrBlock] : []),
    ...subnets.flatMap(({ spec }) => spec.ipv6CidrBlock ?? []),
    ...random
      .sample(members, 2, 4)
      .flatMap(({ spec }) => (spec.ipv6Addresses ?? []).map((one) => `${one}/128`)),
    `${random.pick(outsideAddressesIpv6)}/128`,
    '2001:db8::/33',
    '2001:db9::/32',
    '8000::/1',
  ];
}
