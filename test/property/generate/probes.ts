import type { Arp, Frame, Ip, TcpFlag } from '../../../controller/reference/index.ts';
import { broadcastMac } from '../../../controller/reference/index.ts';
import {
  formatIpv4,
  gatewayAddress,
  ipv4BlocksOf,
  lastAddress,
  parseCidr,
  type ResourceOf,
} from '../../../controller/resources/index.ts';
import type { SendStep } from '../script.ts';
import { addressIn, ip, isIn, isIpv6, widerNetwork } from './families.ts';
import { ipv6Probes } from './ipv6-probes.ts';
import type { Probe } from './probe.ts';
import {
  type ElasticIp,
  externalNetwork,
  type Interface,
  outsideAddresses,
  outsideAddressesIpv6,
  outsideSender,
  ping,
  type Scene,
  somePayload,
} from './scene.ts';

const strangeMac = '02:aa:00:00:00:01';

function withSender(make: (scene: Scene, sender: Interface) => SendStep | undefined): Probe {
  return (scene) => {
    const sender = scene.random.pickOrNone(scene.interfaces(true));
    return sender && make(scene, sender);
  };
}

function withElasticIp(make: (scene: Scene, target: ElasticIp) => SendStep | undefined): Probe {
  return (scene) => {
    const free = new Set(scene.freeElasticIps());
    const used = scene.all('elastic-ip').filter((one) => !free.has(one));
    const target = scene.random.pickOrNone(used);
    return target && make(scene, target);
  };
}

function router(subnet: ResourceOf<'subnet'>): string {
  return formatIpv4(gatewayAddress(parseCidr(subnet.spec.cidrBlock, 'cidr')));
}

/** From one interface to another of the VPC, whatever the rules say. */
const toPeer = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.peersOf(sender));
  if (!receiver) return undefined;
  const destination = scene.addressOf(receiver);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** From one VPC into another that it is peered with, or was. */
const acrossPeering = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.beyondPeering(sender));
  const rule = receiver && scene.random.pickOrNone(ingressRules(scene, receiver));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  return receiver && scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload });
});

/** What one of the receiver's ingress rules lets through, or what is just beside that. */
const asRuleSays = withSender((scene, receiver) => atRule(scene, receiver, false));
const besideRule = withSender((scene, receiver) => atRule(scene, receiver, true));

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
const besideNetwork = withSender((scene, receiver) => {
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
  return [spec.privateAddress, ...(spec.secondaryPrivateAddresses ?? []), ...(spec.ipv6Addresses ?? [])];
}

type Rule = ResourceOf<'security-group-rule'>['spec'];

/** The two ports next to a range. */
function besides(rule: Rule): Rule {
  const { fromPort = 1, toPort = 65534 } = rule;
  return { ...rule, fromPort: Math.max(0, fromPort - 1), toPort: Math.min(65535, toPort + 1) };
}

function ingressRules(scene: Scene, { spec: owner }: Interface): ResourceOf<'security-group-rule'>[] {
  return scene
    .all('security-group-rule')
    .filter(({ spec }) => spec.direction === 'ingress' && owner.securityGroupIds.includes(spec.groupId));
}

function servicePayload({ random }: Scene, rule: ResourceOf<'security-group-rule'>['spec']): Ip['payload'] {
  const { protocol, fromPort = 0, toPort = 65535 } = rule;
  const destinationPort = random.pick([fromPort, toPort, random.between(fromPort, toPort)]);
  const sourcePort = random.between(40000, 40003);
  if (protocol === 'tcp') return { protocol, sourcePort, destinationPort, flags: ['syn'] };
  if (protocol === 'udp') return { protocol, sourcePort, destinationPort };
  if (protocol === 'icmp' || protocol === 'icmpv6') return ping(random);
  return typeof protocol === 'number' ? { protocol } : somePayload(random);
}

const toOutside = withSender((scene, sender) => {
  const destination = scene.outsideFor(sender);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

const outsideWithElasticIp = withElasticIp((scene, { spec }) => {
  const sender = scene.interfaces(true).find(({ id }) => id === spec.networkInterfaceId);
  const destination = scene.random.pick(outsideAddresses);
  const source = spec.privateAddress && scene.random.chance(0.8) ? { source: spec.privateAddress } : {};
  const payload = somePayload(scene.random);
  return sender && scene.fromInterface(sender, { destination, payload, ...source });
});

/** Between elastic IPs of the same cloud, from one VPC to another or within one. */
const hairpin = withElasticIp((scene, target) => {
  const senders = scene.interfaces(true).filter((one) => scene.elasticIpOf(one));
  const sender = scene.random.pickOrNone(senders);
  const owner = scene.ownerOf(target);
  const rule = owner && scene.random.pickOrNone(ingressRules(scene, owner));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  return sender && scene.fromInterface(sender, { destination: target.spec.address, payload });
});

const fromOutside = withElasticIp((scene, target) => {
  const source = scene.random.pick(outsideAddresses);
  return scene.fromOutside(target, { source, payload: somePayload(scene.random) });
});

/** An address that only another VPC has, or nobody. */
const toStranger = withSender((scene, sender) => {
  const others = scene.all('network-interface').filter(({ spec }) => spec.vpcId !== sender.spec.vpcId);
  const { cidrBlock, ipv6CidrBlock = cidrBlock } = scene.vpcOf(sender).spec;
  const block = scene.random.chance(0.6) ? cidrBlock : ipv6CidrBlock;
  const free = addressIn(block, scene.random.between(0, 1300));
  const other = scene.random.pickOrNone(others);
  const destination = other && scene.random.chance(0.5) ? scene.addressOf(other) : free;
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

const toUnbound = withSender((scene, sender) => {
  const receiver = scene.random.pickOrNone(scene.peersOf(sender, false));
  const payload = somePayload(scene.random);
  return receiver && scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload });
});

const fromUnbound: Probe = (scene) => {
  const sender = scene.random.pickOrNone(scene.interfaces(false));
  const receiver = sender && scene.random.pickOrNone(scene.peersOf(sender));
  return (
    receiver &&
    scene.fromInterface(sender, { destination: scene.addressOf(receiver), payload: ping(scene.random) })
  );
};

const toItself = withSender((scene, sender) =>
  scene.fromInterface(sender, {
    destination: scene.elasticIpOf(sender)?.spec.address ?? scene.addressOf(sender),
    payload: somePayload(scene.random),
  }),
);

/** Addresses of which none is one machine's. */
const toNobody = withSender((scene, sender) => {
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

const wrongMac = withSender((scene, sender) => {
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

const lowTimeToLive: Probe = (scene) => {
  const probe = scene.random.pick([toPeer, outsideWithElasticIp, fromOutside, ipv6Probes.fromOutside]);
  const step = probe(scene);
  if (!step) return undefined;
  const content = { ...(step.frame.content as Ip), timeToLive: scene.random.between(0, 2) };
  return { ...step, frame: { ...step.frame, content } };
};

/** About as large as the MTU inside a VPC: a little less, a little more, and what is largest outside. */
const large: Probe = (scene) => {
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

const spoofed = withSender((scene, sender) => {
  const { random } = scene;
  const peer = random.pickOrNone(scene.peersOf(sender));
  if (!peer) return undefined;
  const payload = somePayload(random);
  const honest = scene.fromInterface(sender, { destination: scene.addressOf(peer), payload });
  if (random.chance(0.4)) {
    return { ...honest, frame: { ...honest.frame, source: random.pick([strangeMac, scene.ref(peer)]) } };
  }
  const packet = honest.frame.content as Ip;
  const source = isIpv6(packet.destination)
    ? random.pick([scene.ipv6Of(peer), '2001:db8:0:100::200', '2001:db9::7', 'fe80::5', '::', '::1'])
    : random.pick([scene.ipv4Of(peer), '10.0.0.200', '198.51.100.7', '0.0.0.0', '127.0.0.1']);
  return { ...honest, frame: { ...honest.frame, content: { ...(honest.frame.content as Ip), source } } };
});

/** What a router or a shared address in the VPC sends: from an address that is not the sender's own. */
const forOthers = withSender((scene, one) => {
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

const someArp = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = scene.subnetOf(sender);
  const peer = random.pickOrNone(scene.peersOf(sender, random.chance(0.8)));
  const targets = [
    router(subnet),
    router(random.pick(scene.all('subnet'))),
    peer ? scene.ipv4Of(peer) : '10.0.0.9',
    peer ? scene.ipv4Of(peer) : '10.0.0.9',
    scene.ipv4Of(sender),
    scene.all('nat-gateway')[0]?.spec.privateAddress ?? '10.0.0.78',
    '10.0.0.77',
    '198.51.100.7',
  ];
  const arp: Arp = {
    protocol: 'arp',
    operation: random.chance(0.9) ? 'request' : 'reply',
    senderMac: random.chance(0.85) ? scene.ref(sender) : strangeMac,
    senderAddress: random.weighted([
      [8, scene.ipv4Of(sender)],
      [1, '0.0.0.0'],
      [2, '10.0.0.200'],
    ]),
    targetMac: '00:00:00:00:00:00',
    targetAddress: random.pick(targets),
  };
  const destination = random.weighted([
    [8, broadcastMac],
    [1, scene.ref(subnet)],
    [1, strangeMac],
  ]);
  return scene.raw(sender, { source: scene.ref(sender), destination, content: arp });
});

const arpFromOutside: Probe = (scene) => {
  const { random } = scene;
  const elasticIp = random.pickOrNone(scene.all('elastic-ip'));
  const content: Arp = {
    protocol: 'arp',
    operation: random.chance(0.9) ? 'request' : 'reply',
    senderMac: outsideSender,
    senderAddress: externalNetwork.gateway,
    targetMac: '00:00:00:00:00:00',
    targetAddress: random.chance(0.8) ? (elasticIp?.spec.address ?? '203.0.113.10') : '203.0.113.99',
  };
  const frame = { source: outsideSender, destination: broadcastMac, content };
  return { do: 'send', from: externalNetwork.name, frame };
};

const dhcp = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = scene.subnetOf(sender);
  const peer = random.pickOrNone(scene.peersOf(sender));
  const fromClient = random.chance(0.8);
  const content: Ip = {
    protocol: 'ipv4',
    source: random.pick(['0.0.0.0', sender.spec.privateAddress]),
    destination: random.pick([
      '255.255.255.255',
      router(subnet),
      peer?.spec.privateAddress ?? '255.255.255.255',
    ]),
    timeToLive: 64,
    payload: {
      protocol: 'udp',
      sourcePort: fromClient ? 68 : 67,
      destinationPort: random.chance(0.9) ? (fromClient ? 67 : 68) : 1067,
    },
  };
  const destination = content.destination === '255.255.255.255' ? broadcastMac : scene.ref(subnet);
  return scene.raw(sender, { source: scene.ref(sender), destination, content });
});

/** A question to a service of the host, or what is just beside that. */
const toService = withSender((scene, sender) => {
  const { random } = scene;
  const block = parseCidr(scene.vpcOf(sender).spec.cidrBlock, 'cidr');
  const [destination, port] = random.pick([
    [formatIpv4(block.address + 2), 53],
    ['169.254.169.253', 53],
    ['169.254.169.254', 80],
  ] as const);
  const destinationPort = random.chance(0.9) ? port : random.pick([53, 80, 54]);
  const sourcePort = random.between(40000, 40003);
  const payload = random.chance(0.5)
    ? ({ protocol: 'tcp', sourcePort, destinationPort, flags: ['syn'] } as const)
    : ({ protocol: 'udp', sourcePort, destinationPort } as const);
  if (random.chance(0.2)) {
    const arp: Arp = {
      protocol: 'arp',
      operation: 'request',
      senderMac: scene.ref(sender),
      senderAddress: sender.spec.privateAddress,
      targetMac: '00:00:00:00:00:00',
      targetAddress: destination,
    };
    return scene.raw(sender, { source: scene.ref(sender), destination: broadcastMac, content: arp });
  }
  const step = scene.fromInterface(sender, { destination, payload });
  const mac = random.weighted([
    [8, scene.ref(scene.subnetOf(sender))],
    [1, '02:57:0f:00:00:00'],
    [1, broadcastMac],
  ]);
  return { ...step, frame: { ...step.frame, destination: mac } };
});

const toRouter = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = random.chance(0.7) ? scene.subnetOf(sender) : random.pick(scene.all('subnet'));
  const payload = random.chance(0.7)
    ? ({ protocol: 'icmp', type: 8, code: 0, identifier: random.between(1, 9) } as const)
    : somePayload(random);
  const step = scene.fromInterface(sender, { destination: router(subnet), payload });
  const destination = random.chance(0.9) ? scene.ref(scene.subnetOf(sender)) : step.frame.destination;
  return { ...step, frame: { ...step.frame, destination } };
});

/** Packets that belong to no connection: answers nobody asked for, errors about nothing, flags without sense. */
const outOfNowhere: Probe = (scene) => {
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

const otherProtocol = withSender((scene, sender) => {
  const frame: Frame = {
    source: scene.ref(sender),
    destination: scene.random.pick([broadcastMac, scene.ref(scene.subnetOf(sender)), '33:33:00:00:00:01']),
    content: { protocol: scene.random.pick([0x88cc, 0x0842]) },
  };
  return scene.raw(sender, frame);
});

const wrongFromOutside: Probe = (scene) => {
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
const claimsInside = withElasticIp((scene, target) => {
  const owner = scene.ownerOf(target);
  if (!owner) return undefined;
  const block = parseCidr(scene.random.pick(ipv4BlocksOf(scene.vpcOf(owner))), 'cidr');
  const rule = scene.random.pickOrNone(ingressRules(scene, owner));
  const payload = rule ? servicePayload(scene, rule.spec) : somePayload(scene.random);
  const source = formatIpv4(block.address + scene.random.between(4, 1300));
  return scene.fromOutside(target, { source, payload });
});

/** Through a NAT gateway, mostly to the outside, to an elastic IP of the same cloud, or to the gateway itself. */
const throughNat: Probe = (scene) => {
  const { random } = scene;
  const senders = scene.interfaces(true).filter((one) => scene.natGatewayOf(one));
  const inCircles = senders.filter((one) => {
    const gateway = scene.natGatewayOf(one);
    return gateway && scene.natGatewayOf(gateway);
  });
  const sender = random.pickOrNone(inCircles.length > 0 && random.chance(0.3) ? inCircles : senders);
  const elasticIp = random.pickOrNone(scene.all('elastic-ip'));
  if (!sender) return undefined;
  const destination =
    elasticIp && random.chance(0.25) ? elasticIp.spec.address : random.pick(outsideAddresses);
  return scene.fromInterface(sender, { destination, payload: somePayload(random) });
};

/** To the private address of a NAT gateway, by its MAC or through the router. */
const toNatGateway: Probe = (scene) => {
  const { random } = scene;
  const gateway = random.pickOrNone(scene.all('nat-gateway'));
  const peers = scene.interfaces(true).filter(({ spec }) => spec.vpcId === gateway?.spec.vpcId);
  const sender = random.pickOrNone(peers);
  if (!gateway || !sender) return undefined;
  const payload = somePayload(random);
  const step = scene.fromInterface(sender, { destination: gateway.spec.privateAddress, payload });
  const isNear = sender.spec.subnetId === gateway.spec.subnetId;
  return isNear ? { ...step, frame: { ...step.frame, destination: scene.ref(gateway) } } : step;
};

/** Where a route leads whose gateway serves the VPC no longer. */
const viaDetached = withSender((scene, sender) => {
  const subnet = scene.subnetOf(sender);
  const tableId = subnet.spec.routeTableId ?? scene.vpcOf(sender).spec.mainRouteTableId;
  const routes = scene.resources['route-table'].get(tableId)?.spec.routes ?? [];
  const route = routes.find(
    ({ target }) =>
      target.startsWith('igw-') &&
      scene.resources['internet-gateway'].get(target)?.spec.vpcId !== sender.spec.vpcId,
  );
  if (!route || route.target === 'blackhole') return undefined;
  const machines = route.destination === undefined ? outsideAddressesIpv6 : outsideAddresses;
  const destination = scene.random.pick(machines);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** Where a route leads whose peering connection is not accepted, or gone. */
const viaInactive = withSender((scene, sender) => {
  const subnet = scene.subnetOf(sender);
  const tableId = subnet.spec.routeTableId ?? scene.vpcOf(sender).spec.mainRouteTableId;
  const routes = scene.resources['route-table'].get(tableId)?.spec.routes ?? [];
  const route = routes.find(
    ({ destination, destinationIpv6, target }) =>
      (destination ?? destinationIpv6)?.includes('/') &&
      target.startsWith('pcx-') &&
      scene.resources['vpc-peering-connection'].get(target)?.spec.state !== 'active',
  );
  const network = route?.destination ?? route?.destinationIpv6;
  if (network === undefined) return undefined;
  const destination = addressIn(network, 300);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** Where a route leads through an interface, which may do so or, as often, not. */
const viaInterface: Probe = (scene) => {
  const { random, resources } = scene;
  const ways = scene.interfaces(true).flatMap((sender) => {
    const tableId = scene.routeTableOf(sender.spec.subnetId);
    const routes = resources['route-table'].get(tableId)?.spec.routes ?? [];
    return routes.flatMap(({ destination, destinationIpv6, target }) => {
      const router = resources['network-interface'].get(target);
      const network = destination ?? (destinationIpv6 as string);
      return router && network.includes('/') ? [{ sender, network, router }] : [];
    });
  });
  const checked = ways.filter(({ router }) => router.spec.sourceDestinationCheck !== false);
  const way = random.pickOrNone(checked.length > 0 && random.chance(0.5) ? checked : ways);
  if (!way) return undefined;
  const destination = addressIn(way.network, 7);
  return scene.fromInterface(way.sender, { destination, payload: somePayload(random) });
};

const tagged: Probe = (scene) => {
  const step = scene.random.pick([toPeer, fromOutside, someArp, toOutside])(scene);
  return step && { ...step, frame: { ...step.frame, vlan: scene.random.between(0, 4095) } };
};

const otherFromOutside: Probe = ({ random }) => ({
  do: 'send',
  from: externalNetwork.name,
  frame: {
    source: outsideSender,
    destination: broadcastMac,
    content: { protocol: random.pick([0x0842, 0x88cc]) },
  },
});

/** All sorts of packets, with how often each is sent. */
export const probes: readonly (readonly [weight: number, probe: Probe])[] = [
  [10, asRuleSays],
  [3, besideRule],
  [3, besideNetwork],
  [5, toPeer],
  [8, acrossPeering],
  [6, outsideWithElasticIp],
  [3, toOutside],
  [18, hairpin],
  [5, fromOutside],
  [25, viaDetached],
  [9, throughNat],
  [1, toNatGateway],
  [10, viaInactive],
  [5, viaInterface],
  [3, tagged],
  [2, toStranger],
  [3, toUnbound],
  [1, fromUnbound],
  [4, toItself],
  [2, toNobody],
  [2, wrongMac],
  [4, lowTimeToLive],
  [12, large],
  [3, spoofed],
  [3, forOthers],
  [4, someArp],
  [2, arpFromOutside],
  [2, dhcp],
  [11, toService],
  [2, toRouter],
  [6, outOfNowhere],
  [1, otherProtocol],
  [2, wrongFromOutside],
  [4, claimsInside],
  [0.5, otherFromOutside],
  [5, ipv6Probes.toOutside],
  [6, ipv6Probes.fromOutside],
  [5, ipv6Probes.betweenVpcs],
  [4, ipv6Probes.wrongFromOutside],
  [7, ipv6Probes.solicitation],
  [4, ipv6Probes.solicitationFromOutside],
  [4, ipv6Probes.discoveryAttack],
  [4, ipv6Probes.dhcp],
  [2, ipv6Probes.routerSolicitation],
  [3, ipv6Probes.toRouter],
  [4, ipv6Probes.fromLinkLocal],
];
