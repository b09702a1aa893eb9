import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { prefixRefusals, requireExactlyOneWay } from './prefixes.ts';

export const assignPrivateIpAddresses = define({
  action: 'AssignPrivateIpAddresses',
  supports: [
    'NetworkInterfaceId',
    'PrivateIpAddresses',
    'SecondaryPrivateIpAddressCount',
    'Ipv4Prefixes',
    'Ipv4PrefixCount',
  ],
  refusals: prefixRefusals,
  async handle({ cloud }, { NetworkInterfaceId: id, ...ways }) {
    const { PrivateIpAddresses: addresses = [], SecondaryPrivateIpAddressCount: count } = ways;
    const { Ipv4Prefixes: prefixes = [], Ipv4PrefixCount: prefixCount } = ways;
    requireExactlyOneWay({
      PrivateIpAddresses: addresses,
      SecondaryPrivateIpAddressCount: count,
      Ipv4Prefixes: prefixes,
      Ipv4PrefixCount: prefixCount,
    });
    const before = cloud.require('network-interface', id).spec;
    const { secondaryPrivateAddresses: present = [], ipv4Prefixes = [] } = before;
    const spec = {
      ...(addresses.length > 0
        ? { secondaryPrivateAddresses: [...new Set([...present, ...addresses])] }
        : {}),
      ...(count === undefined ? {} : { secondaryPrivateAddressCount: present.length + count }),
      ...(prefixes.length > 0 ? { ipv4Prefixes: [...new Set([...ipv4Prefixes, ...prefixes])] } : {}),
      ...(prefixCount === undefined ? {} : { ipv4PrefixCount: ipv4Prefixes.length + prefixCount }),
    };
    const { spec: after } = await cloud.update('network-interface', id, { spec });
    const assigned = (after.secondaryPrivateAddresses ?? []).filter((address) => !present.includes(address));
    const newPrefixes = (after.ipv4Prefixes ?? []).filter((prefix) => !ipv4Prefixes.includes(prefix));
    return {
      NetworkInterfaceId: id,
      AssignedPrivateIpAddresses: assigned.map((PrivateIpAddress) => ({ PrivateIpAddress })),
      AssignedIpv4Prefixes: newPrefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })),
    };
  },
});

/** What stays of a list. @throws AwsError when something else is to go */
function without(id: string, present: readonly string[] = [], gone: readonly string[] = []): string[] {
  const unknown = gone.find((one) => !present.includes(one));
  if (unknown === undefined) return present.filter((one) => !gone.includes(one));
  throw new AwsError(
    'InvalidParameterValue',
    `Interface ${id} has no secondary address ${unknown.slice(0, 50)}`,
  );
}

export const unassignPrivateIpAddresses = define({
  action: 'UnassignPrivateIpAddresses',
  supports: ['NetworkInterfaceId', 'PrivateIpAddresses', 'Ipv4Prefixes'],
  async handle({ cloud }, { NetworkInterfaceId: id, PrivateIpAddresses: gone = [], Ipv4Prefixes = [] }) {
    const before = cloud.require('network-interface', id).spec;
    if (gone.length + Ipv4Prefixes.length === 0) {
      throw new AwsError('InvalidParameterValue', 'Give one of PrivateIpAddresses and Ipv4Prefixes');
    }
    const spec = {
      secondaryPrivateAddresses: without(id, before.secondaryPrivateAddresses, gone),
      ipv4Prefixes: without(id, before.ipv4Prefixes, Ipv4Prefixes),
    };
    await cloud.update('network-interface', id, { spec });
    return undefined;
  },
});
