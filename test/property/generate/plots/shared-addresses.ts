import { broadcastMac, type Frame } from '../../../../controller/reference/index.ts';
import { formatIpv4, lastAddress, parseCidr } from '../../../../controller/resources/index.ts';
import type { Spec } from '../../script.ts';
import { addressIn, isIpv6 } from '../families.ts';
import { type Interface, ping, type Scene } from '../scene.ts';
import type { Plot } from './plot.ts';

/** Of virtual routers (RFC 9568, section 7.3), for either kind of IP. */
const virtualMac = { ipv4: '00:00:5e:00:01:07', ipv6: '00:00:5e:00:02:07' } as const;
const discovery = { solicitation: 135, advertisement: 136 } as const;

/** Who shares an address, one after the other, and who sends to it. */
interface Actors {
  readonly first: Interface;
  readonly second: Interface;
  readonly third: Interface;
  readonly address: string;
}

function actorsIn(scene: Scene): Actors | undefined {
  const { random } = scene;
  const first = random.pickOrNone(scene.interfaces(true));
  const near = first && scene.peersOf(first).filter(({ spec }) => spec.subnetId === first.spec.subnetId);
  const second = near && random.pickOrNone(near);
  const third = second && random.pickOrNone(scene.peersOf(first).filter(({ id }) => id !== second.id));
  if (!third) return undefined;
  const block = parseCidr(scene.subnetOf(first).spec.cidrBlock, 'cidrBlock');
  return { first, second, third, address: formatIpv4(lastAddress(block) - 1) };
}

function actorsInIpv6(scene: Scene): Actors | undefined {
  const { random } = scene;
  const firsts = scene.interfaces(true).filter((one) => scene.subnetOf(one).spec.ipv6CidrBlock);
  const groups = firsts.flatMap((first) => {
    const peers = scene.peersOf(first);
    const near = peers.filter(({ spec }) => spec.subnetId === first.spec.subnetId);
    const asking = peers.filter(({ spec }) => (spec.ipv6Addresses ?? []).length > 0);
    return near.flatMap((second) => {
      const thirds = asking.filter(({ id }) => id !== second.id);
      return thirds.length > 0 ? [{ first, second, thirds }] : [];
    });
  });
  const group = random.pickOrNone(groups);
  if (!group) return undefined;
  const { first, second, thirds } = group;
  const block = scene.subnetOf(first).spec.ipv6CidrBlock as string;
  return { first, second, third: random.pick(thirds), address: addressIn(block, 0xfe) };
}

/** What announces an address: ARP, or an advertisement to all nodes (RFC 4861, section 7.2.6). */
function announcement(scene: Scene, address: string, mac: string): Omit<Frame, 'source'> {
  if (isIpv6(address)) {
    const neighbour = { target: address, mac, flags: ['override'] } as const;
    const payload = { protocol: 'icmpv6', type: discovery.advertisement, code: 0, neighbour } as const;
    return {
      destination: '33:33:00:00:00:01',
      content: { protocol: 'ipv6', source: address, destination: 'ff02::1', timeToLive: 255, payload },
    };
  }
  const content = {
    protocol: 'arp',
    operation: scene.random.pick(['request', 'reply'] as const),
    senderMac: mac,
    senderAddress: address,
    targetMac: '00:00:00:00:00:00',
    targetAddress: address,
  } as const;
  return { destination: broadcastMac, content };
}

/** Who has the address? Asked by somebody of the subnet. */
function question(scene: Scene, asker: Interface, address: string) {
  const [source, mac] = [scene.ipv6Of(asker), scene.ref(asker)];
  const neighbour = { target: address, mac };
  const payload = { protocol: 'icmpv6', type: discovery.solicitation, code: 0, neighbour } as const;
  return scene.raw(asker, {
    source: mac,
    destination: '33:33:ff:00:00:fe',
    content: { protocol: 'ipv6', source, destination: 'ff02::1:ff00:fe', timeToLive: 255, payload },
  });
}

/** Two machines of a subnet announce the same address one after the other, while a third one sends to it. */
function sharing(choose: (scene: Scene) => Actors | undefined): Plot {
  return function* (scene, edits) {
    const { random } = scene;
    const actors = choose(scene);
    if (!actors) return;
    const { first, second, third, address } = actors;
    const kind = isIpv6(address) ? 'ipv6' : 'ipv4';
    const virtual = random.chance(0.5) ? { macAddress: virtualMac[kind] } : {};
    const [length, everybody]: [number, Spec] =
      kind === 'ipv6' ? [128, { cidrIpv6: '::/0' }] : [32, { cidrIpv4: '0.0.0.0/0' }];
    for (const one of [first, second]) {
      yield edits.update(one, { allowedAddressPairs: [{ cidrBlock: `${address}/${length}`, ...virtual }] });
      yield edits.create('security-group-rule', 'rule', {
        groupId: `@${scene.name({ id: one.spec.securityGroupIds[0] as string })}`,
        direction: 'ingress',
        protocol: 'all',
        ...everybody,
      });
    }
    const announce = (one: Interface) => {
      const mac = virtual.macAddress ?? scene.ref(one);
      return scene.raw(one, { source: mac, ...announcement(scene, address, mac) });
    };
    const ask = scene.fromInterface(third, { destination: address, payload: ping(random) });
    for (const one of [first, second]) {
      yield announce(one);
      yield ask;
      if (kind === 'ipv6') yield question(scene, random.pick([first, second, third]), address);
    }
    if (random.chance(0.5)) yield announce(third);
    if (random.chance(0.5)) yield edits.update(second, { allowedAddressPairs: [] });
    yield ask;
  };
}

export const sharedAddress = sharing(actorsIn);
export const sharedIpv6Address = sharing(actorsInIpv6);
