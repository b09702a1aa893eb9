import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';

export const assignIpv6Addresses = define({
  action: 'AssignIpv6Addresses',
  supports: ['NetworkInterfaceId', 'Ipv6Addresses', 'Ipv6AddressCount'],
  async handle(
    { cloud },
    { NetworkInterfaceId: id, Ipv6Addresses: addresses = [], Ipv6AddressCount: count },
  ) {
    if ((addresses.length === 0) === (count === undefined)) {
      throw new AwsError('InvalidParameterCombination', 'Give one of Ipv6Addresses and Ipv6AddressCount');
    }
    const before = cloud.require('network-interface', id).spec.ipv6Addresses ?? [];
    const wanted = addresses.map((address) => address.toLowerCase());
    const spec =
      count === undefined
        ? { ipv6Addresses: [...new Set([...before, ...wanted])] }
        : { ipv6AddressCount: before.length + count };
    const { spec: after } = await cloud.update('network-interface', id, { spec });
    const assigned = (after.ipv6Addresses ?? []).filter((address) => !before.includes(address));
    return { NetworkInterfaceId: id, AssignedIpv6Addresses: assigned };
  },
});

export const unassignIpv6Addresses = define({
  action: 'UnassignIpv6Addresses',
  supports: ['NetworkInterfaceId', 'Ipv6Addresses'],
  async handle({ cloud }, { NetworkInterfaceId: id, Ipv6Addresses: addresses = [] }) {
    const before = cloud.require('network-interface', id).spec.ipv6Addresses ?? [];
    const gone = addresses.map((address) => address.toLowerCase());
    const unknown = gone.find((address) => !before.includes(address));
    if (unknown !== undefined || gone.length === 0) {
      throw new AwsError(
        'InvalidParameterValue',
        `Interface ${id} has no address ${unknown?.slice(0, 50) ?? ''}`,
      );
    }
    const ipv6Addresses = before.filter((address) => !gone.includes(address));
    await cloud.update('network-interface', id, { spec: { ipv6Addresses } });
    return { NetworkInterfaceId: id, UnassignedIpv6Addresses: gone };
  },
});
