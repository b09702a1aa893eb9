import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  isIpv4,
  isIpv6,
  isTooLarge,
  limit,
  on,
  onRegister,
  packetTooLarge,
  timeExceeded,
} from '../../pipeline/index.ts';
import { gatewayAddress, parseCidr, type ResourceOf } from '../../resources/index.ts';
import type { Change } from '../../store/store.ts';
import { hostScope } from '../host/scope.ts';
import { type BoundContext, boundContext, macNumber } from '../network-interface/context.ts';
import { hasIpv6 } from '../network-interface/own-networks.ts';
import { gatewayMac } from '../subnet/router.ts';

/** `ip_ttl` cannot be masked: one flow for each value with which a router must not forward (RFC 1812, 5.3.1). */
const spent = [0, 1] as const;

/** The router's words to one interface. Each flow carries the whole answer but for the packet that it is about. */
function errorFlows({ networkInterface, subnet, mtu }: BoundContext): Flow[] {
  const here = onRegister('interfaceNumber', networkInterface.number as number);
  const router = {
    address: gatewayAddress(parseCidr(subnet.spec.cidrBlock, 'cidrBlock')),
    mac: gatewayMac(subnet),
    // What is routed has lost the MAC of its sender when it comes to the tunnel.
    receiverMac: macNumber(networkInterface.spec.macAddress),
  };
  // In IPv6 the router speaks by the link-local address of its MAC, which the agent knows.
  const kinds = hasIpv6(networkInterface) ? [isIpv4, isIpv6] : [isIpv4];
  return kinds.flatMap((ip): Flow[] => [
    ...spent.map(
      (ttl): Flow => ({
        stage: 'route',
        priority: 63000,
        match: [here, ip, on('ip_ttl', ttl)],
        actions: [limit, timeExceeded(router)],
      }),
    ),
    {
      stage: 'tunnel',
      priority: 100,
      match: [isTooLarge(1), here, ip],
      actions: [limit, packetTooLarge({ ...router, mtu })],
    },
  ]);
}

const errors: FragmentDefinition = {
  name: 'router-errors.interface',
  code: 6,
  compile(view, id) {
    const context = boundContext(view, id);
    return (
      context && {
        scope: hostScope(context.host),
        number: context.networkInterface.number as number,
        flows: errorFlows(context),
      }
    );
  },
};

type Version = ResourceOf<'network-interface'>;

/** Whether an interface that is there gets IPv6 or loses it. */
function changesIpv6({ kind, before, after }: Change): boolean {
  if (kind !== 'network-interface' || !before || !after) return false;
  return hasIpv6(before as Version) !== hasIpv6(after as Version);
}

/** What the router of a subnet tells an interface whose packets it cannot pass on. */
export const routerErrorsFeature: Feature = {
  name: 'router-errors',
  fragments: [errors],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    // Neither the MAC of an interface nor the IPv4 block of its subnet ever changes, but it may get IPv6 or lose it.
    if (changesIpv6(change)) {
      for (const binding of view.referrers({ kind, id }, 'of-interface', 'binding')) {
        yield { definition: errors, id: binding.id };
      }
    }
    if (kind === 'binding' && !(before && after)) yield { definition: errors, id };
  },
};
