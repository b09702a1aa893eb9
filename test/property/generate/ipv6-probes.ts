import type { Icmp, Ip } from '../../../controller/reference/index.ts';
import {
  derivedMac,
  formatIpv6,
  linkLocalAddress,
  type ResourceOf,
} from '../../../controller/resources/index.ts';
import type { SendStep } from '../script.ts';
import type { Probe } from './probe.ts';
import {
  externalNetwork,
  type Interface,
  outsideAddressesIpv6,
  outsideSenderIpv6,
  ping,
  type Scene,
  somePayload,
} from './scene.ts';

const strangeMac = '02:aa:00:00:00:01';
const allRouters = 'ff02::2';
const allDhcpServers = 'ff02::1:2';
/** Neighbour discovery is never routed, and shows it (RFC 4861, section 7.1). */
const nearHopLimit = 255;
const discovery = { routerSolicitation: 133, solicitation: 135, advertisement: 136 } as const;

function withSender(make: (scene: Scene, sender: Interface) => SendStep | undefined): Probe {
  return (scene) => {
    const { random } = scene;
    const sender = random.pickOrNone(random.chance(0.9) ? scene.withIpv6() : scene.interfaces(true));
    return sender && make(scene, sender);
  };
}

function routerLink(subnet: ResourceOf<'subnet'>): string {
  return formatIpv6(linkLocalAddress(derivedMac('subnetGateway', subnet.number as number)));
}

/** A link-local address as systems choose one (RFC 7217). */
const chosenLink = ({ random }: Scene) => `fe80::${random.between(1, 9)}:2:3:4`;

function multicastMac(scene: Scene): string {
  return scene.random.pick(['33:33:00:00:00:01', '33:33:ff:00:00:05', '33:33:00:00:00:02']);
}

function icmpv6(source: string, destination: string, payload: Omit<Icmp, 'protocol'>): Ip {
  return {
    protocol: 'ipv6',
    source,
    destination,
    timeToLive: nearHopLimit,
    payload: { protocol: 'icmpv6', ...payload },
  };
}

const toOutside = withSender((scene, sender) =>
  scene.fromInterface(sender, {
    destination: scene.random.pick(outsideAddressesIpv6),
    payload: somePayload(scene.random),
  }),
);

/** From outside to the address of an interface, mostly as one of its rules allows. */
const fromOutside = withSender((scene, target) => {
  const { random } = scene;
  const rules = scene
    .all('security-group-rule')
    .filter(({ spec }) => spec.cidrIpv6 !== undefined && target.spec.securityGroupIds.includes(spec.groupId));
  const rule = random.pickOrNone(rules.filter(({ spec }) => spec.direction === 'ingress'))?.spec;
  const destinationPort = rule?.fromPort ?? 80;
  const sourcePort = random.between(40000, 40003);
  const payload =
    rule?.protocol === 'tcp'
      ? ({ protocol: 'tcp', sourcePort, destinationPort, flags: ['syn'] } as const)
      : rule?.protocol === 'udp'
        ? ({ protocol: 'udp', sourcePort, destinationPort } as const)
        : rule?.protocol === 'icmpv6'
          ? ping(random)
          : somePayload(random);
  return scene.fromOutsideIpv6(target, { source: random.pick(outsideAddressesIpv6), payload });
});

/** To an IPv6 address of another VPC: by the network outside, where both are public. */
const betweenVpcs = withSender((scene, sender) => {
  const others = scene.withIpv6().filter(({ spec }) => spec.vpcId !== sender.spec.vpcId);
  const target = scene.random.pickOrNone(others);
  if (!target) return undefined;
  return scene.fromInterface(sender, {
    destination: scene.ipv6Of(target),
    payload: somePayload(scene.random),
  });
});

const wrongFromOutside = withSender((scene, target) => {
  const { random } = scene;
  const peer = random.pickOrNone(scene.peersOf(target)) ?? target;
  const source = random.pick([
    scene.ipv6Of(peer),
    scene.ipv6Of(target),
    'fe80::7',
    '::1',
    'ff02::1',
    ...outsideAddressesIpv6,
  ]);
  const step = scene.fromOutsideIpv6(target, { source, payload: somePayload(random) });
  const destination = random.chance(0.7)
    ? step.frame.destination
    : random.pick([strangeMac, '33:33:00:00:00:01', scene.ref(target), `${scene.ref(peer)}.public`]);
  const content = step.frame.content as Ip;
  const unknown = random.chance(0.15) ? { ...content, destination: '2001:db8:0:100::99' } : content;
  return { ...step, frame: { ...step.frame, destination, content: unknown } };
});

/** Who has an address? Honest and other questions. */
const solicitation = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = scene.subnetOf(sender);
  const near = scene.withIpv6().filter(({ spec }) => spec.subnetId === subnet.id);
  const target = random.pick([
    routerLink(subnet),
    routerLink(random.pick(scene.all('subnet'))),
    scene.ipv6Of(random.pickOrNone(near) ?? sender),
    scene.ipv6Of(random.pickOrNone(near) ?? sender),
    scene.ipv6Of(random.pickOrNone(scene.peersOf(sender, random.chance(0.7))) ?? sender),
    scene.ipv6Of(sender),
    '2001:db8:0:100::99',
  ]);
  const peer = random.pickOrNone(scene.peersOf(sender)) ?? sender;
  const source = random.weighted([
    [8, scene.ipv6Of(sender)],
    [4, chosenLink(scene)],
    [2, '::'],
    [2, scene.ipv6Of(peer)],
    [1, 'fd00:aa::7'],
  ]);
  const mac = random.weighted([
    [9, scene.ref(sender)],
    [1, strangeMac],
    [1, scene.ref(peer)],
    [1, undefined],
  ]);
  const neighbour = { target, ...(mac === undefined || source === '::' ? {} : { mac }) };
  const content = icmpv6(source, random.pick(['ff02::1:ff00:5', target]), {
    type: discovery.solicitation,
    code: 0,
    neighbour,
  });
  const destination = random.chance(0.7) ? multicastMac(scene) : scene.ref(subnet);
  const from = mac === strangeMac && random.chance(0.5) ? strangeMac : scene.ref(sender);
  return scene.raw(sender, { source: from, destination, content });
});

const solicitationFromOutside: Probe = (scene) => {
  const { random } = scene;
  const asked = random.pickOrNone(random.chance(0.9) ? scene.withIpv6() : scene.interfaces(false));
  if (!asked) return undefined;
  const source = random.weighted([
    [8, '2001:db8::c8'],
    [2, 'fe80::1'],
    [1, '::'],
  ]);
  const type = random.chance(0.85) ? discovery.solicitation : discovery.advertisement;
  const isQuestion = type === discovery.solicitation;
  const mac = outsideSenderIpv6;
  const content = icmpv6(isQuestion ? source : '2001:db8::c8', 'ff02::1:ff00:5', {
    type,
    code: 0,
    neighbour: isQuestion
      ? { target: scene.ipv6Of(asked), ...(source === '::' ? {} : { mac }) }
      : { target: '2001:db8::c8', mac, flags: ['override'] },
  });
  const other = icmpv6('fe80::1', 'ff02::1', { type: random.pick([133, 134, 137]), code: 0 });
  return {
    do: 'send',
    from: externalNetwork.name,
    frame: {
      source: outsideSenderIpv6,
      destination: multicastMac(scene),
      content: random.chance(0.9) ? content : other,
    },
  };
};

/** A VM that says it is a router, has an address, or knows a better way. */
const discoveryAttack = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = scene.subnetOf(sender);
  const peer = random.pickOrNone(scene.peersOf(sender)) ?? sender;
  const source = random.pick([
    scene.ipv6Of(sender),
    chosenLink(scene),
    routerLink(subnet),
    scene.ipv6Of(peer),
  ]);
  const type = random.pick([134, discovery.advertisement, 137]);
  const flags = ['solicited', 'override'] as const;
  const neighbour = { target: scene.ipv6Of(peer), mac: scene.ref(sender), flags };
  const isAdvertisement = type === discovery.advertisement;
  const content = icmpv6(source, random.pick(['ff02::1', scene.ipv6Of(peer)]), {
    type,
    code: 0,
    ...(isAdvertisement ? { neighbour } : {}),
  });
  const destination = random.pick([multicastMac(scene), scene.ref(peer), scene.ref(subnet)]);
  return scene.raw(sender, { source: scene.ref(sender), destination, content });
});

const dhcp = withSender((scene, sender) => {
  const { random } = scene;
  const isClient = random.chance(0.75);
  const [own, other] = isClient ? [546, 547] : [547, 546];
  const peer = random.pickOrNone(scene.peersOf(sender)) ?? sender;
  const content: Ip = {
    protocol: 'ipv6',
    source: random.weighted([
      [isClient ? 4 : 1, chosenLink(scene)],
      [3, scene.ipv6Of(sender)],
      [1, '::'],
    ]),
    destination: random.chance(isClient ? 0.8 : 0.2) ? allDhcpServers : scene.ipv6Of(peer),
    timeToLive: 64,
    payload: {
      protocol: 'udp',
      sourcePort: own,
      destinationPort: random.chance(0.9) ? other : 1547,
    },
  };
  const near = random.pick([scene.ref(peer), scene.ref(scene.subnetOf(sender))]);
  const destination = random.chance(isClient ? 0.8 : 0.2) ? '33:33:00:01:00:02' : near;
  return scene.raw(sender, { source: scene.ref(sender), destination, content });
});

const routerSolicitation = withSender((scene, sender) => {
  const { random } = scene;
  const source = random.pick([chosenLink(scene), '::', scene.ipv6Of(sender), '2001:db8:0:100::99']);
  const to = random.chance(0.85) ? allRouters : routerLink(scene.subnetOf(sender));
  const content = icmpv6(source, to, { type: discovery.routerSolicitation, code: 0 });
  return scene.raw(sender, { source: scene.ref(sender), destination: '33:33:00:00:00:02', content });
});

/** Ping of the router, its own and others, and what it does not answer. */
const toRouter = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = random.chance(0.8) ? scene.subnetOf(sender) : random.pick(scene.all('subnet'));
  const payload = random.chance(0.8)
    ? ({ protocol: 'icmpv6', type: 128, code: random.chance(0.9) ? 0 : 1, identifier: 3 } as const)
    : somePayload(random);
  const source = random.chance(0.5) ? chosenLink(scene) : scene.ipv6Of(sender);
  const step = scene.fromInterface(sender, { source, destination: routerLink(subnet), payload });
  return { ...step, frame: { ...step.frame, destination: scene.ref(scene.subnetOf(sender)) } };
});

/** From a link-local address to somebody else than the router. */
const fromLinkLocal = withSender((scene, sender) => {
  const { random } = scene;
  const peer = random.pickOrNone(scene.peersOf(sender)) ?? sender;
  const destination = random.pick([
    scene.ipv6Of(peer),
    scene.ipv6Of(peer),
    random.pick(outsideAddressesIpv6),
    'ff02::16',
    'fe80::7',
  ]);
  return scene.fromInterface(sender, {
    source: chosenLink(scene),
    destination,
    payload: somePayload(random),
  });
});

/** Probes of what only IPv6 has. */
export const ipv6Probes = {
  toOutside,
  fromOutside,
  betweenVpcs,
  wrongFromOutside,
  solicitation,
  solicitationFromOutside,
  discoveryAttack,
  dhcp,
  routerSolicitation,
  toRouter,
  fromLinkLocal,
} as const;
