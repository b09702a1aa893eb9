import type { ScriptStep, Spec } from '../../script.ts';
import { listNetworks } from '../blocks.ts';
import { isIpv6 } from '../families.ts';
import { type Interface, outsideAddresses, outsideAddressesIpv6, type Scene } from '../scene.ts';
import { openBorders } from './borders.ts';
import type { Plot } from './plot.ts';

/** Somebody who is reached from outside in one kind of IP, and the gateway that his packets leave by. */
interface Public {
  readonly one: Interface;
  readonly gateway: string;
}

/** Interfaces that an address of the network outside leads to, in VPCs with an internet gateway. */
function publicOnes(scene: Scene, family: 'ipv4' | 'ipv6'): readonly Public[] {
  const gateways = new Map(scene.all('internet-gateway').map((one) => [one.spec.vpcId, scene.ref(one)]));
  return scene.interfaces(true).flatMap((one) => {
    const gateway = gateways.get(one.spec.vpcId);
    const { privateAddress } = one.spec;
    const elasticIp = scene.elasticIpOf(one)?.spec;
    const isPublic =
      family === 'ipv4'
        ? elasticIp && (elasticIp.privateAddress ?? privateAddress) === privateAddress
        : (one.spec.ipv6Addresses ?? []).some((address) => address.startsWith('2001:db8:'));
    return gateway && isPublic ? [{ one, gateway }] : [];
  });
}

/** A route and a rule that name a list, while its entries come and go. */
function byList(family: 'ipv4' | 'ipv6'): Plot {
  return function* (scene, edits) {
    const { random } = scene;
    const found = random.pickOrNone(publicOnes(scene, family));
    if (!found) return;
    const { one, gateway } = found;
    const vpcId = scene.ref(scene.vpcOf(one));
    const entries = (...cidrs: readonly string[]): Spec => ({ entries: cidrs.map((cidr) => ({ cidr })) });
    const list = edits.create('prefix-list', 'list', {
      name: 'plot',
      addressFamily: family,
      maxEntries: 4,
      ...entries(...listNetworks[family]),
    });
    const change = (spec: Spec): ScriptStep => ({ do: 'update', kind: 'prefix-list', name: list.name, spec });
    const group = edits.create('security-group', 'group', { vpcId, name: edits.freshName('plot') });
    const rule = edits.create('security-group-rule', 'rule', {
      groupId: `@${group.name}`,
      direction: random.pick(['ingress', 'egress']),
      protocol: 'tcp',
      prefixListId: `@${list.name}`,
    });
    yield list;
    yield group;
    for (const { spec, id } of scene.all('security-group-rule')) {
      if (scene.ref({ id: spec.groupId }) === `@${group.name}`) {
        yield edits.remove('security-group-rule', scene.name({ id }));
      }
    }
    yield rule;
    const destination = `@${list.name}`;
    yield* openBorders(scene, edits, one, [{ destination, target: gateway }]);
    yield edits.interfaces.setGroups(one, [`@${group.name}`]);
    const machine = random.pick(family === 'ipv6' ? outsideAddressesIpv6 : outsideAddresses);
    const port = random.between(20000, 29999);
    const out = (flags: readonly ('syn' | 'ack')[]) => {
      const payload = { protocol: 'tcp', sourcePort: port, destinationPort: 7777, flags } as const;
      const source = isIpv6(machine) ? scene.ipv6Of(one) : one.spec.privateAddress;
      return scene.fromInterface(one, { source, destination: machine, payload });
    };
    const back = (flags: readonly ('syn' | 'ack')[]) => {
      const payload = { protocol: 'tcp', sourcePort: 7777, destinationPort: port, flags } as const;
      const elasticIp = scene.elasticIpOf(one);
      if (isIpv6(machine)) return scene.fromOutsideIpv6(one, { source: machine, payload });
      return elasticIp && scene.fromOutside(elasticIp, { source: machine, payload });
    };
    const isOut = rule.spec.direction === 'egress';
    const opening = isOut ? out(['syn']) : back(['syn']);
    const answer = isOut ? back(['syn', 'ack']) : out(['syn', 'ack']);
    if (!opening || !answer) return;
    yield opening;
    yield answer;
    yield change(entries());
    yield opening;
    yield answer;
    yield change(entries(random.pick(listNetworks[family])));
    yield opening;
    yield answer;
  };
}

export const prefixListPlots: readonly Plot[] = [byList('ipv4'), byList('ipv6')];
