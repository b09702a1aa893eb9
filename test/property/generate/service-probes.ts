import { type Arp, broadcastMac, type Ip } from '../../../controller/reference/index.ts';
import { formatIpv4, parseCidr } from '../../../controller/resources/index.ts';
import { type Probe, router, strangeMac, withSender } from './probe.ts';
import { externalNetwork, type Interface, outsideSender, somePayload } from './scene.ts';

/** ARP for all sorts of addresses, from honest and other senders. */
export const someArp = withSender((scene, sender) => {
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

/** ARP from the network outside, mostly for an elastic IP. */
export const arpFromOutside: Probe = (scene) => {
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

/** DHCP as a client sends it, and as a server would. */
export const dhcp = withSender((scene, sender) => {
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
export const toService = withSender((scene, usual) => {
  const { random } = scene;
  // Who may use addresses of others asks from them, too.
  const isFree = ({ spec }: Interface) => spec.sourceDestinationCheck === false || spec.allowedAddressPairs;
  const free = random.chance(0.25) ? random.pickOrNone(scene.interfaces(true).filter(isFree)) : undefined;
  const sender = free ?? usual;
  const isIpv6 = (sender.spec.ipv6Addresses ?? []).length > 0 && random.chance(0.5);
  const others = isIpv6 ? ['fd00:aa::7', '2001:db8:0:100::99'] : ['10.0.0.200', '192.0.2.9'];
  const foreign = free && random.chance(0.7) ? { source: random.pick(others) } : {};
  const block = parseCidr(scene.vpcOf(sender).spec.cidrBlock, 'cidr');
  const services: readonly (readonly [address: string, port: number])[] = isIpv6
    ? [
        ['fd00:ec2::253', 53],
        ['fd00:ec2::254', 80],
      ]
    : [
        [formatIpv4(block.address + 2), 53],
        ['169.254.169.253', 53],
        ['169.254.169.254', 80],
      ];
  const [destination, port] = random.pick(services);
  const destinationPort = random.chance(0.9) ? port : random.pick([53, 80, 54]);
  const sourcePort = random.between(40000, 40003);
  const payload = random.chance(0.5)
    ? ({ protocol: 'tcp', sourcePort, destinationPort, flags: ['syn'] } as const)
    : ({ protocol: 'udp', sourcePort, destinationPort } as const);
  if (!isIpv6 && random.chance(0.2)) {
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
  const step = scene.fromInterface(sender, { destination, payload, ...foreign });
  const mac = random.weighted([
    [8, scene.ref(scene.subnetOf(sender))],
    [1, '02:57:0f:00:00:00'],
    [1, broadcastMac],
  ]);
  return { ...step, frame: { ...step.frame, destination: mac } };
});

/** To the router of a subnet, its own or another one. */
export const toRouter = withSender((scene, sender) => {
  const { random } = scene;
  const subnet = random.chance(0.7) ? scene.subnetOf(sender) : random.pick(scene.all('subnet'));
  const payload = random.chance(0.7)
    ? ({ protocol: 'icmp', type: 8, code: 0, identifier: random.between(1, 9) } as const)
    : somePayload(random);
  const step = scene.fromInterface(sender, { destination: router(subnet), payload });
  const destination = random.chance(0.9) ? scene.ref(scene.subnetOf(sender)) : step.frame.destination;
  return { ...step, frame: { ...step.frame, destination } };
});
