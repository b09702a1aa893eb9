import { broadcastMac, type Frame, type Ip, type TcpFlag } from '../../../controller/reference/index.ts';
import { formatIpv4, ipv4BlocksOf, lastAddress, parseCidr } from '../../../controller/resources/index.ts';
import {
  asRuleSays,
  fromOutside,
  ingressRules,
  outsideWithElasticIp,
  servicePayload,
  toOutside,
  toPeer,
} from './between-probes.ts';
import { addressIn, ip, isIpv6 } from './families.ts';
import { ipv6Probes } from './ipv6-probes.ts';
import { type Probe, strangeMac, withElasticIp, withSender } from './probe.ts';
import {
  type ElasticIp,
  externalNetwork,
  type Interface,
  outsideAddresses,
  outsideSender,
  type Scene,
  somePayload,
} from './scene.ts';
import { someArp } from './service-probes.ts';

/** Addresses of which none is one machine's. */
export const toNobody = withSender((scene, sender) => {
  const subnet = scene.subnetOf(sender);
  const block = parseCidr(subnet.spec.cidrBlock, 'cidr');
  const destination = scene.random.pick([
    '224.0.0.5',
    '239.1.2.3',
    '255.255.255.255',
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '240.0.0.1',
    'ff02::1',
    'ff05::5',
    '::1',
    'fe80::5',
    '::ffff:a00:5',
    subnet.spec.ipv6CidrBlock ? addressIn(subnet.spec.ipv6CidrBlock, 0) : '::',
    formatIpv4(lastAddress(block)),
    formatIpv4(block.address),
  ]);
  const step = scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
  const mac = scene.random.pick([broadcastMac, '33:33:00:00:00:05', scene.ref(subnet)]);
  return { ...step, frame: { ...step.frame, destination: mac } };
});

/** For one machine, to the MAC of another one. */
export const wrongMac = withSender((scene, sender) => {
  const step = toPeer(scene);
  if (!step) return undefined;
  const other = scene.random.pick(scene.all('network-interface'));
  const destination = scene.random.pick([
    strangeMac,
    scene.ref(other),
    scene.ref(scene.random.pick(scene.all('subnet'))),
    scene.ref(scene.subnetOf(sender)),
  ]);
  return { ...step, frame: { ...step.frame, destination } };
});

/** Packets whose time to live is, or soon will be, over. */
export const lowTimeToLive: Probe = (scene) => {
  const probe = scene.random.pick([toPeer, outsideWithElasticIp, fromOutside, ipv6Probes.fromOutside]);
  const step = probe(scene);
  if (!step) return undefined;
  const content = { ...(step.frame.content as Ip), timeToLive: scene.random.between(0, 2) };
  return { ...step, frame: { ...step.frame, content } };
};

/** About as large as the MTU inside a VPC: a little less, a little more, and what is largest outside. */
export const large: Probe = (scene) => {
  const { random } = scene;
  const step = random.pick([asRuleSays, toPeer, fromOutside, ipv6Probes.fromOutside])(scene);
  if (!step) return undefined;
  const packet = step.frame.content as Ip;
  const totalLength = random.pick([1441, 1442, 1443, 1500]);
  if (step.from !== externalNetwork.name || random.chance(0.6)) {
    return { ...step, frame: { ...step.frame, content: { ...packet, totalLength } } };
  }
  const { source: destination, destination: source } = packet;
  const quoted = { ...packet, source, destination };
  const payload = { protocol: 'icmp', type: 3, code: 3, quoted } as const;
  return { ...step, frame: { ...step.frame, content: ip({ ...packet, totalLength, payload }) } };
};

/** From a MAC or an address that is somebody else's. */
export const spoofed = withSender((scene, sender) => {
  const { random } = scene;
  const peer = random.pickOrNone(scene.peersOf(sender));
  if (!peer) return undefined;
  const payload = somePayload(random);
  const honest = scene.fromInterface(sender, { destination: scene.addressOf(peer), payload });
  if (random.chance(0.4)) {
    return { ...honest, frame: { ...honest.frame, source: random.pick([strangeMac, scene.ref(peer)]) } };
  }
  const packet = honest.frame.content as Ip;
  const beside = random.pickOrNone(besidePrefixes(sender, isIpv6(packet.destination)));
  if (beside !== undefined && random.chance(0.5)) {
    return { ...honest, frame: { ...honest.frame, content: { ...packet, source: beside } } };
  }
  const source = isIpv6(packet.destination)
    ? random.pick([scene.ipv6Of(peer), '2001:db8:0:100::200', '2001:db9::7', 'fe80::5', '::', '::1'])
    : random.pick([scene.ipv4Of(peer), '10.0.0.200', '198.51.100.7', '0.0.0.0', '127.0.0.1']);
  return { ...honest, frame: { ...honest.frame, content: { ...(honest.frame.content as Ip), source } } };
});

/** The addresses just before and behind the prefixes of an interface. */
function besidePrefixes({ spec }: Interface, ofIpv6: boolean): string[] {
  if (!ofIpv6) {
    return (spec.ipv4Prefixes ?? []).flatMap((prefix) => [addressIn(prefix, -1), addressIn(prefix, 16)]);
  }
  return (spec.ipv6Prefixes ?? []).flatMap((prefix) => [addressIn(prefix, -1), addressIn(prefix, 2 ** 48)]);
}

/** What a router or a shared address in the VPC sends: from an address that is not the sender's own. */
export const forOthers = withSender((scene, one) => {
  const { random } = scene;
  const routers = scene
    .interfaces(true)
    .filter(({ spec }) => spec.sourceDestinationCheck === false || spec.allowedAddressPairs);
  const sender = random.pickOrNone(routers) ?? one;
  const receiver = random.pickOrNone(scene.peersOf(sender));
  if (!receiver) return undefined;
  const destination = random.chance(0.3) ? scene.outsideFor(sender) : scene.addressOf(receiver);
  const source = isIpv6(destination)
    ? random.pick(['fd00:aa::7', '2001:db8:1::7', '2001:db9::9', scene.ipv6Of(receiver), 'fe80::7'])
    : random.pick(['10.0.0.200', '198.51.100.7', '192.0.2.9']);
  const payload = somePayload(random);
  const step = scene.fromInterface(sender, { source, destination, payload });
  return random.chance(0.2) ? { ...step, frame: { ...step.frame, source: strangeMac } } : step;
});

/** Packets that belong to no connection: answers nobody asked for, errors about nothing, flags without sense. */
export const outOfNowhere: Probe = (scene) => {
  const { random } = scene;
  const step = random.pick([asRuleSays, outsideWithElasticIp, fromOutside, ipv6Probes.fromOutside])(scene);
  if (!step) return undefined;
  const content = step.frame.content as Ip;
  const quoted: Ip = {
    protocol: content.protocol,
    source: content.destination,
    destination: content.source,
    timeToLive: 63,
    payload: { protocol: 'udp', sourcePort: 7, destinationPort: 9 },
  };
  const tcp = (...flags: TcpFlag[]): Ip['payload'] => ({
    protocol: 'tcp',
    sourcePort: 40000,
    destinationPort: 80,
    flags,
  });
  const payload = random.pick<Ip['payload']>([
    { protocol: 'icmp', type: 0, code: 0, identifier: 9 },
    { protocol: 'icmp', type: 3, code: 3, quoted },
    { protocol: 'icmp', type: 17, code: 0 },
    { protocol: 'icmp', type: 8, code: 1, identifier: 2 },
    tcp('syn', 'ack'),
    tcp('syn', 'fin'),
    tcp(),
    tcp('rst'),
    tcp('ack'),
  ]);
  return { ...step, frame: { ...step.frame, content: ip({ ...content, payload }) } };
};

/** Frames that carry neither IP nor ARP. */
export const otherProtocol = withSender((scene, sender) => {
  const frame: Frame = {
    source: scene.ref(sender),
    destination: scene.random.pick([broadcastMac, scene.ref(scene.subnetOf(sender)), '33:33:00:00:00:01']),
    content: { protocol: scene.random.pick([0x88cc, 0x0842]) },
  };
  return scene.raw(sender, frame);
});

/** From outside to wrong addresses and MACs, or from a source that cannot be there. */
export const wrongFromOutside: Probe = (scene) => {
  const { random } = scene;
  const target = random.pickOrNone(scene.all('elastic-ip'));
  if (!target) return undefined;
  const step = scene.fromOutside(target, {
    source: random.chance(0.6) ? random.pick(outsideAddresses) : ownAddress(scene, target),
    destination: random.chance(0.7) ? target.spec.address : random.pick(['203.0.113.99', '10.0.0.5']),
    payload: somePayload(random),
  });
  const destination = random.chance(0.7)
    ? step.frame.destination
    : random.pick([strangeMac, broadcastMac, scene.ref(random.pick(scene.all('elastic-ip')))]);
  return { ...step, frame: { ...step.frame, destination } };
};

/** An address of the VPC that the elastic IP leads to, or of one that is peered with it. */
function ownAddress(scene: Scene, target: ElasticIp): string {
  const owner = scene.ownerOf(target);
  const isNear = scene.random.chance(0.5);
  const others = owner && (isNear ? scene.peersOf(owner) : scene.beyondPeering(owner));
  const peer = others && scene.random.pickOrNone(others);
  return (peer ?? owner)?.spec.privateAddress ?? '10.0.0.5';
}

/** Somebody outside claims an address of the VPC, of any of its blocks, for a packet that a rule may allow. */
export const claimsInside = withElasticIp((scene, target) => {
  const owner = scene.ownerOf(target);
  if (!owner) return undefined;
  const block = parseCidr(scene.random.pick(ipv4BlocksOf(scene.vpcOf(owner))), 'cidr');
  const rule = scene.random.pickOrNone(ingressRules(scene, owner));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  const source = formatIpv4(block.address + scene.random.between(4, 1300));
  return scene.fromOutside(target, { source, payload });
});

/** Frames with a VLAN tag. */
export const tagged: Probe = (scene) => {
  const step = scene.random.pick([toPeer, fromOutside, someArp, toOutside])(scene);
  return step && { ...step, frame: { ...step.frame, vlan: scene.random.between(0, 4095) } };
};

/** Frames from outside that carry neither IP nor ARP. */
export const otherFromOutside: Probe = ({ random }) => ({
  do: 'send',
  from: externalNetwork.name,
  frame: {
    source: outsideSender,
    destination: broadcastMac,
    content: { protocol: random.pick([0x0842, 0x88cc]) },
  },
});
