import { isDeepStrictEqual } from 'node:util';
import type { Feature, FragmentDefinition } from '../../pipeline/index.ts';
import { type Ipv4Network, type Ipv6Network, parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { Change } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';
import { tellsOtherwise } from '../dhcp-options/settings.ts';
import { announcementFlows } from '../held-address/announcement.ts';
import { hostScope } from '../host/scope.ts';
import { vpcOfMatch } from '../security-group/rule-matches.ts';
import { identityFlow, locationFlow } from '../vpc/location.ts';
import { vpcScope } from '../vpc/scope.ts';
import {
  boundContext,
  currentBinding,
  type InterfaceContext,
  interfaceContext,
  macNumber,
} from './context.ts';
import { dhcpFlows } from './dhcp.ts';
import { guardFlows } from './guard.ts';
import { dhcpV6Flows, ipv6GuardFlows } from './ipv6.ts';
import { heldAddressFlows } from './own-name.ts';
import { ipv4NetworksOf, ipv6NetworksOf } from './own-networks.ts';
import { local, standby } from './port.ts';
import { publicInterfaces, publicIpv6 } from './public-ipv6.ts';

/** All that an interface has: its addresses and prefixes of IPv4, then those of IPv6. */
function networksOf({ networkInterface }: InterfaceContext): readonly (Ipv4Network | Ipv6Network)[] {
  return [...ipv4NetworksOf(networkInterface), ...ipv6NetworksOf(networkInterface)];
}

/** Where the interface is, for every host of the VPC: the only flow that an address, or a prefix, costs on other hosts. */
const resolve: FragmentDefinition = {
  name: 'interface.resolve',
  code: 20,
  compile(view, id) {
    const context = interfaceContext(view, id);
    const host = context && view.get('host', currentBinding(view, id)?.spec.hostId ?? '');
    if (!context || !host) return undefined;
    const { networkInterface, vpc } = context;
    const mac = macNumber(networkInterface.spec.macAddress);
    const hostKey = parseAddress(host.spec.tunnelAddress, 'tunnelAddress');
    return {
      scope: vpcScope(vpc),
      number: networkInterface.number as number,
      flows: networksOf(context).map((network) => locationFlow(vpc, network, mac, hostKey)),
    };
  },
};

/** What the interface may send, and its DHCP answers. */
const guard: FragmentDefinition = {
  name: 'interface.guard',
  code: 22,
  compile(view, id) {
    const context = boundContext(view, id);
    return (
      context && {
        scope: hostScope(context.host),
        number: context.networkInterface.number as number,
        flows: [
          ...guardFlows(context),
          ...heldAddressFlows(view, context),
          ...announcementFlows(context),
          ...ipv6GuardFlows(context),
          ...dhcpFlows(view, context),
          ...dhcpV6Flows(view, context),
        ],
      }
    );
  },
};

/** The identity behind an address, in VPCs with egress rules that name groups. */
const destinationIdentity: FragmentDefinition = {
  name: 'interface.destination-identity',
  code: 23,
  compile(view, id) {
    const context = interfaceContext(view, id);
    if (!context || view.egressGroupRules(context.vpc.id).size === 0) return undefined;
    const { networkInterface, vpc, identity } = context;
    return {
      scope: vpcScope(vpc),
      number: networkInterface.number as number,
      flows: networksOf(context).map((network) => identityFlow(vpc, network, identity)),
    };
  },
};

/**
 * VPCs in which the first egress rule that names a group of them comes, or the last one goes: there, the identity behind
 * every address begins or ceases to matter. Several may come in one commit: what counts is that no older one is there.
 */
export function* vpcsWithOtherDestinations(
  { kind, before, after }: Change,
  view: TopologyView,
): Iterable<string> {
  if (kind !== 'security-group-rule') return;
  const { spec, status } = (after ?? before) as ResourceOf<'security-group-rule'>;
  if (spec.direction !== 'egress' || spec.referencedGroupId === undefined) return;
  // The group may have gone in the same commit: the rule's shared matches know the VPC, too.
  const vpcIds = status.peerVpcId ? [status.peerVpcId] : status.matchIds.slice(0, 1).map(vpcOfMatch);
  for (const vpcId of vpcIds) if (!hasOlderRules(vpcId, after !== undefined, view)) yield vpcId;
}

/** Whether a VPC has egress rules that name a group of it besides those of this commit. */
function hasOlderRules(vpcId: string, appeared: boolean, view: TopologyView): boolean {
  for (const ruleId of view.egressGroupRules(vpcId)) {
    const { revision = 0 } = view.get('security-group-rule', ruleId) ?? {};
    // What a draft has made has no revision yet.
    if (!appeared || (revision > 0 && revision < view.revision)) return true;
  }
  return false;
}

type Gateway = ResourceOf<'internet-gateway'> | ResourceOf<'egress-only-internet-gateway'>;

/** Interfaces of a host that gets or loses a port to an external network. */
function* whenExternalPortsChange(id: string, before: unknown, after: unknown, view: TopologyView) {
  const portsOf = (host: unknown) => (host as ResourceOf<'host'> | undefined)?.spec.externalPorts;
  if (isDeepStrictEqual(portsOf(before), portsOf(after))) return;
  for (const binding of view.referrers({ kind: 'host', id }, 'on-host', 'binding')) {
    yield { definition: publicIpv6, id: binding.id };
  }
}

/** Network interfaces: where they are, who they are, what they may send. */
export const networkInterfaceFeature: Feature = {
  name: 'network-interface',
  fragments: [resolve, local, standby, guard, destinationIdentity, publicIpv6],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    if (kind === 'network-interface') {
      yield { definition: resolve, id };
      yield { definition: destinationIdentity, id };
      for (const binding of view.referrers({ kind, id }, 'of-interface', 'binding')) {
        yield { definition: local, id: binding.id };
        yield { definition: standby, id: binding.id };
        yield { definition: guard, id: binding.id };
        yield { definition: publicIpv6, id: binding.id };
      }
    }
    if (kind === 'binding') {
      yield { definition: local, id };
      yield { definition: standby, id };
      yield { definition: guard, id };
      const { networkInterfaceId } = ((after ?? before) as ResourceOf<'binding'>).spec;
      yield { definition: resolve, id: networkInterfaceId };
      yield { definition: publicIpv6, id };
      // Another host may have been, or become, the one that answers for its public addresses.
      const target = { kind: 'network-interface', id: networkInterfaceId } as const;
      for (const other of view.referrers(target, 'of-interface', 'binding')) {
        yield { definition: publicIpv6, id: other.id };
      }
    }
    if (kind === 'held-address') {
      const holders = [before, after].flatMap(
        (held) => (held as ResourceOf<'held-address'> | undefined) ?? [],
      );
      for (const holder of new Set(holders.map(({ spec }) => spec.networkInterfaceId))) {
        const target = { kind: 'network-interface', id: holder } as const;
        for (const binding of view.referrers(target, 'of-interface', 'binding')) {
          yield { definition: guard, id: binding.id };
        }
      }
    }
    if (kind === 'vpc' && before && after && tellsOtherwise(before, after)) {
      for (const { id: interfaceId } of view.referrers({ kind, id }, 'in-vpc', 'network-interface')) {
        const target = { kind: 'network-interface', id: interfaceId } as const;
        for (const binding of view.referrers(target, 'of-interface', 'binding')) {
          yield { definition: guard, id: binding.id };
        }
      }
    }
    if (kind === 'internet-gateway' || kind === 'egress-only-internet-gateway') {
      const vpcs = [before, after].map((gateway) => (gateway as Gateway | undefined)?.spec.vpcId);
      for (const vpcId of new Set(vpcs)) yield* publicInterfaces(vpcId, view);
    }
    if (kind === 'host') {
      yield* whenExternalPortsChange(id, before, after, view);
      // Only a host that appears, goes, or changes its tunnel address moves its interfaces.
      const address = (host: typeof before) =>
        host && (host as { spec: { tunnelAddress: string } }).spec.tunnelAddress;
      if (address(before) !== address(after)) {
        for (const binding of view.referrers({ kind, id }, 'on-host', 'binding')) {
          yield { definition: resolve, id: binding.spec.networkInterfaceId };
          yield { definition: local, id: binding.id };
          yield { definition: guard, id: binding.id };
        }
      }
    }
    for (const vpcId of vpcsWithOtherDestinations(change, view)) {
      for (const { id: target } of view.referrers(
        { kind: 'vpc', id: vpcId },
        'in-vpc',
        'network-interface',
      )) {
        yield { definition: destinationIdentity, id: target };
      }
    }
  },
};
