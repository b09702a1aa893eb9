import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  ipMatch,
  isArp,
  isIcmpv6,
  on,
  onRegister,
  parseIpAddress,
  parseNetwork,
} from '../../pipeline/index.ts';
import { parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { hostScope } from '../host/scope.ts';
import { vpcsWithOtherDestinations } from '../network-interface/compile.ts';
import {
  type BoundContext,
  boundContext,
  currentBinding,
  interfaceContext,
  macNumber,
} from '../network-interface/context.ts';
import { arrivalActions, rulesOf } from '../network-interface/port.ts';
import { identityFlow, locationFlow } from '../vpc/location.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

type HeldAddress = ResourceOf<'held-address'>;

/** Where a shared address is, and whose groups count there: as for an address of the holder's own. */
const resolve: FragmentDefinition = {
  name: 'held-address.resolve',
  code: 34,
  compile(view, id) {
    const held = view.get('held-address', id);
    const context = held && interfaceContext(view, held.spec.networkInterfaceId);
    const host =
      held && view.get('host', currentBinding(view, held.spec.networkInterfaceId)?.spec.hostId ?? '');
    if (!held || !context || !host) return undefined;
    const { vpc, identity } = context;
    const address = parseNetwork(held.spec.address);
    const hostKey = parseAddress(host.spec.tunnelAddress, 'tunnelAddress');
    const flows = [locationFlow(vpc, address, macNumber(held.spec.macAddress), hostKey)];
    if (view.egressGroupRules(vpc.id).size > 0) flows.push(identityFlow(vpc, address, identity));
    return { scope: vpcScope(vpc), number: held.number as number, flows };
  },
};

/** Frames with a MAC that the interface does not have for itself. Two holders may use the same one for different addresses. */
function foreignMacFlows(held: HeldAddress, context: BoundContext): Flow[] {
  if (held.spec.macAddress === context.networkInterface.spec.macAddress) return [];
  const match = [
    vpcMatch(context.vpc),
    on('eth_dst', macNumber(held.spec.macAddress)),
    ...ipMatch('dst', parseNetwork(held.spec.address)),
  ];
  return [
    { stage: 'locate', priority: 110, match, actions: arrivalActions(context), goto: 'ingress-subnet' },
  ];
}

/** Who asks for the address that it has is probing: answered by nobody, as for its own addresses. */
function probeFlow(held: HeldAddress, { networkInterface }: BoundContext): Flow {
  const address = parseIpAddress(held.spec.address);
  const asked =
    typeof address === 'bigint'
      ? [...isIcmpv6('neighbourSolicitation'), on('nd_target', address)]
      : [isArp, on('arp_tpa', address)];
  const match = [onRegister('interfaceNumber', networkInterface.number as number), ...asked];
  return { stage: 'source-guard', priority: 205, match, actions: [] };
}

/** What its holder's host needs beside the flows of the interface. */
const local: FragmentDefinition = {
  name: 'held-address.local',
  code: 35,
  compile(view, id) {
    const held = view.get('held-address', id);
    const context = held && boundContext(view, currentBinding(view, held.spec.networkInterfaceId)?.id ?? '');
    if (!held || !context) return undefined;
    return {
      scope: hostScope(context.host),
      number: held.number as number,
      flows: [probeFlow(held, context), ...foreignMacFlows(held, context)],
      waitsFor: rulesOf(context.identity),
    };
  },
};

function* fragmentsOf(ids: Iterable<{ readonly id: string }>) {
  for (const { id } of ids) {
    yield { definition: resolve, id };
    yield { definition: local, id };
  }
}

/** The addresses that an interface holds. */
function heldBy(view: TopologyView, networkInterfaceId: string) {
  const target = { kind: 'network-interface', id: networkInterfaceId } as const;
  return view.referrers(target, 'of-interface', 'held-address');
}

/** Shared addresses: where the one is that has announced it. */
export const heldAddressFeature: Feature = {
  name: 'held-address',
  fragments: [resolve, local],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    if (kind === 'held-address') yield* fragmentsOf([{ id }]);
    if (kind === 'network-interface') yield* fragmentsOf(heldBy(view, id));
    if (kind === 'binding') {
      const binding = (after ?? before) as ResourceOf<'binding'>;
      yield* fragmentsOf(heldBy(view, binding.spec.networkInterfaceId));
    }
    if (kind === 'host') {
      const [old, now] = [before, after].map(
        (host) => (host as ResourceOf<'host'> | undefined)?.spec.tunnelAddress,
      );
      if (old === now) return;
      for (const binding of view.referrers({ kind, id }, 'on-host', 'binding')) {
        yield* fragmentsOf(heldBy(view, binding.spec.networkInterfaceId));
      }
    }
    for (const vpcId of vpcsWithOtherDestinations(change, view)) {
      yield* fragmentsOf(view.referrers({ kind: 'vpc', id: vpcId }, 'in-vpc', 'held-address'));
    }
  },
};
