import type { Ip } from '../../../controller/reference/index.ts';
import type { ResourceOf } from '../../../controller/resources/index.ts';
import type { SendStep } from '../script.ts';
import { addressIn, isIn, isIpv6, widerNetwork } from './families.ts';
import { type Probe, withElasticIp, withSender } from './probe.ts';
import { type Interface, outsideAddresses, ping, type Scene, somePayload } from './scene.ts';

/** From one interface to another of the VPC, whatever the rules say. */
export const toPeer = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.peersOf(sender));
  if (!receiver) return undefined;
  const destination = scene.addressOf(receiver);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** From one VPC into another that it is peered with, or was. */
export const acrossPeering = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.beyondPeering(sender));
  const rule = receiver && scene.random.pickOrNone(ingressRules(scene, receiver));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  return receiver && scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload });
});

/** What one of the receiver's ingress rules lets through, or what is just beside that. */
export const asRuleSays = withSender((scene, receiver) => atRule(scene, receiver, false));
export const besideRule = withSender((scene, receiver) => atRule(scene, receiver, true));

function atRule(scene: Scene, receiver: Interface, beside: boolean): SendStep | undefined {
  const { random } = scene;
  const rule = random.pickOrNone(ingressRules(scene, receiver))?.spec;
  if (!rule) return undefined;
  const senders = [...scene.peersOf(receiver), ...scene.beyondPeering(receiver)].filter(
    ({ spec }) =>
      rule.referencedGroupId === undefined || spec.securityGroupIds.includes(rule.referencedGroupId),
  );
  const sender = random.pickOrNone(senders);
  if (!sender) return undefined;
  const payload = servicePayload(scene, beside ? besides(rule) : rule);
  const isOfIpv6 = rule.cidrIpv6 !== undefined || rule.protocol === 'icmpv6';
  const destination = isOfIpv6 ? scene.ipv6Of(receiver) : scene.addressOf(receiver);
  return scene.fromInterface(sender, { destination, payload });
}

/** From just outside of the network of a rule: an address that would be inside if one bit of it did not count. */
export const besideNetwork = withSender((scene, receiver) => {
  const { random } = scene;
  const networks = ingressRules(scene, receiver).flatMap(({ spec }) => {
    const network = spec.cidrIpv4 ?? spec.cidrIpv6;
    const wider = network && widerNetwork(network);
    return wider ? [{ spec, network, wider }] : [];
  });
  const ways = networks.flatMap(({ spec, network, wider }) =>
    scene.peersOf(receiver).flatMap((sender) =>
      addressesOf(sender)
        .filter((source) => isIn(wider, source) && !isIn(network, source))
        .map((source) => ({ spec, sender, source })),
    ),
  );
  const way = random.pickOrNone(ways);
  if (!way) return undefined;
  const destination = isIpv6(way.source) ? scene.ipv6Of(receiver) : scene.ipv4Of(receiver);
  return scene.fromInterface(way.sender, {
    source: way.source,
    destination,
    payload: servicePayload(scene, way.spec),
  });
});

function addressesOf({ spec }: Interface): readonly string[] {
  const { privateAddress, secondaryPrivateAddresses = [], ipv6Addresses = [] } = spec;
  const prefixes = [...(spec.ipv4Prefixes ?? []), ...(spec.ipv6Prefixes ?? [])];
  const ofPrefixes = prefixes.map((prefix) => addressIn(prefix, 5));
  return [privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses, ...ofPrefixes];
}

type Rule = ResourceOf<'security-group-rule'>['spec'];

/** The two ports next to a range. */
function besides(rule: Rule): Rule {
  const { fromPort = 1, toPort = 65534 } = rule;
  return { ...rule, fromPort: Math.max(0, fromPort - 1), toPort: Math.min(65535, toPort + 1) };
}

/** The ingress rules that judge what an interface gets. */
export function ingressRules(scene: Scene, { spec: owner }: Interface): ResourceOf<'security-group-rule'>[] {
  return scene
    .all('security-group-rule')
    .filter(({ spec }) => spec.direction === 'ingress' && owner.securityGroupIds.includes(spec.groupId));
}

/** What a rule is about, with one of its ports. */
export function servicePayload(
  { random }: Scene,
  rule: ResourceOf<'security-group-rule'>['spec'],
): Ip['payload'] {
  const { protocol, fromPort = 0, toPort = 65535 } = rule;
  const destinationPort = random.pick([fromPort, toPort, random.between(fromPort, toPort)]);
  const sourcePort = random.between(40000, 40003);
  if (protocol === 'tcp') return { protocol, sourcePort, destinationPort, flags: ['syn'] };
  if (protocol === 'udp') return { protocol, sourcePort, destinationPort };
  if (protocol === 'icmp' || protocol === 'icmpv6') return ping(random);
  return typeof protocol === 'number' ? { protocol } : somePayload(random);
}

/** To a machine outside, whatever the way there. */
export const toOutside = withSender((scene, sender) => {
  const destination = scene.outsideFor(sender);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** To a machine outside, from an interface with an elastic IP. */
export const outsideWithElasticIp = withElasticIp((scene, { spec }) => {
  const sender = scene.interfaces(true).find(({ id }) => id === spec.networkInterfaceId);
  const destination = scene.random.pick(outsideAddresses);
  const source = spec.privateAddress && scene.random.chance(0.8) ? { source: spec.privateAddress } : {};
  const payload = somePayload(scene.random);
  return sender && scene.fromInterface(sender, { destination, payload, ...source });
});

/** Between elastic IPs of the same cloud, from one VPC to another or within one. */
export const hairpin = withElasticIp((scene, target) => {
  const senders = scene.interfaces(true).filter((one) => scene.elasticIpOf(one));
  const sender = scene.random.pickOrNone(senders);
  const owner = scene.ownerOf(target);
  const rule = owner && scene.random.pickOrNone(ingressRules(scene, owner));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  return sender && scene.fromInterface(sender, { destination: target.spec.address, payload });
});

/** From a machine outside to an elastic IP. */
export const fromOutside = withElasticIp((scene, target) => {
  const source = scene.random.pick(outsideAddresses);
  return scene.fromOutside(target, { source, payload: somePayload(scene.random) });
});

/** An address that only another VPC has, or nobody. */
export const toStranger = withSender((scene, sender) => {
  const others = scene.all('network-interface').filter(({ spec }) => spec.vpcId !== sender.spec.vpcId);
  const { cidrBlock, ipv6CidrBlock = cidrBlock } = scene.vpcOf(sender).spec;
  const block = scene.random.chance(0.6) ? cidrBlock : ipv6CidrBlock;
  const free = addressIn(block, scene.random.between(0, 1300));
  const other = scene.random.pickOrNone(others);
  const destination = other && scene.random.chance(0.5) ? scene.addressOf(other) : free;
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** To an interface that is on no host. */
export const toUnbound = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.peersOf(sender, false));
  const payload = somePayload(scene.random);
  return receiver && scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload });
});

/** From an interface that is on no host. */
export const fromUnbound: Probe = (scene) => {
  const sender = scene.random.pickOrNone(scene.interfaces(false));
  const receiver = sender && scene.random.pickOrNone(scene.peersOf(sender));
  return (
    receiver &&
    scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload: ping(scene.random) })
  );
};

/** To an own address, private or public. */
export const toItself = withSender((scene, one) => {
  const { random } = scene;
  const owners = scene.interfaces(true).filter((owner) => scene.elasticIpOf(owner));
  const sender = (random.chance(0.5) ? random.pickOrNone(owners) : undefined) ?? one;
  return scene.fromInterface(sender, {
    destination: scene.elasticIpOf(sender)?.spec.address ?? scene.addressOf(sender),
    payload: somePayload(random),
  });
});
