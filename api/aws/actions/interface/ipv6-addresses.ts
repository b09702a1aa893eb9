import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { prefixRefusals, requireExactlyOneWay } from './prefixes.ts';

export const assignIpv6Addresses = define({
  action: 'AssignIpv6Addresses',
  supports: ['NetworkInterfaceId', 'Ipv6Addresses', 'Ipv6AddressCount', 'Ipv6Prefixes', 'Ipv6PrefixCount'],
  refusals: prefixRefusals,
  async handle({ cloud }, { NetworkInterfaceId: id, ...ways }) {
    const { Ipv6Addresses: addresses = [], Ipv6AddressCount: count } = ways;
    const { Ipv6Prefixes: prefixes = [], Ipv6PrefixCount: prefixCount } = ways;
    requireExactlyOneWay({
      Ipv6Addresses: addresses,
      Ipv6AddressCount: count,
      Ipv6Prefixes: prefixes,
      Ipv6PrefixCount: prefixCount,
    });
    const before = cloud.require('network-interface', id).spec;
    const { ipv6Addresses = [], ipv6Prefixes = [] } = before;
    const together = (present: readonly string[], more: readonly string[]) => [
      ...new Set([...present, ...more.map((text) => text.toLowerCase())]),
    ];
    const spec = {
      ...(addresses.length > 0 ? { ipv6Addresses: together(ipv6Addresses, addresses) } : {}),
      ...(count === undefined ? {} : { ipv6AddressCount: ipv6Addresses.length + count }),
      ...(prefixes.length > 0 ? { ipv6Prefixes: together(ipv6Prefixes, prefixes) } : {}),
      ...(prefixCount === undefined ? {} : { ipv6PrefixCount: ipv6Prefixes.length + prefixCount }),
    };
    const { spec: after } = await cloud.update('network-interface', id, { spec });
    return {
      NetworkInterfaceId: id,
      AssignedIpv6Addresses: (after.ipv6Addresses ?? []).filter((one) => !ipv6Addresses.includes(one)),
      AssignedIpv6Prefixes: (after.ipv6Prefixes ?? []).filter((one) => !ipv6Prefixes.includes(one)),
    };
  },
});

/** What stays of a list. @throws AwsError when something else is to go */
function without(id: string, present: readonly string[] = [], gone: readonly string[] = []): string[] {
  const unknown = gone.find((one) => !present.includes(one));
  if (unknown === undefined) return present.filter((one) => !gone.includes(one));
  throw new AwsError('InvalidParameterValue', `Interface ${id} has no address ${unknown.slice(0, 50)}`);
}

export const unassignIpv6Addresses = define({
  action: 'UnassignIpv6Addresses',
  supports: ['NetworkInterfaceId', 'Ipv6Addresses', 'Ipv6Prefixes'],
  async handle({ cloud }, { NetworkInterfaceId: id, Ipv6Addresses = [], Ipv6Prefixes = [] }) {
    const before = cloud.require('network-interface', id).spec;
    const addresses = Ipv6Addresses.map((text) => text.toLowerCase());
    const prefixes = Ipv6Prefixes.map((text) => text.toLowerCase());
    if (addresses.length + prefixes.length === 0) {
      throw new AwsError('InvalidParameterValue', 'Give one of Ipv6Addresses and Ipv6Prefixes');
    }
    const spec = {
      ipv6Addresses: without(id, before.ipv6Addresses, addresses),
      ipv6Prefixes: without(id, before.ipv6Prefixes, prefixes),
    };
    await cloud.update('network-interface', id, { spec });
    return { NetworkInterfaceId: id, UnassignedIpv6Addresses: addresses, UnassignedIpv6Prefixes: prefixes };
  },
});
