import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';

export const assignPrivateIpAddresses = define({
  action: 'AssignPrivateIpAddresses',
  supports: ['NetworkInterfaceId', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount'],
  async handle(
    { cloud },
    { NetworkInterfaceId: id, PrivateIpAddresses: addresses = [], SecondaryPrivateIpAddressCount: count },
  ) {
    if ((addresses.length === 0) === (count === undefined)) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Give one of PrivateIpAddresses and SecondaryPrivateIpAddressCount',
      );
    }
    const before = cloud.require('network-interface', id).spec.secondaryPrivateAddresses ?? [];
    const spec =
      count === undefined
        ? { secondaryPrivateAddresses: [...new Set([...before, ...addresses])] }
        : { secondaryPrivateAddressCount: before.length + count };
    const { spec: after } = await cloud.update('network-interface', id, { spec });
    const assigned = (after.secondaryPrivateAddresses ?? []).filter((address) => !before.includes(address));
    return {
      NetworkInterfaceId: id,
      AssignedPrivateIpAddresses: assigned.map((PrivateIpAddress) => ({ PrivateIpAddress })),
    };
  },
});

export const unassignPrivateIpAddresses = define({
  action: 'UnassignPrivateIpAddresses',
  supports: ['NetworkInterfaceId', 'PrivateIpAddresses'],
  async handle({ cloud }, { NetworkInterfaceId: id, PrivateIpAddresses: gone = [] }) {
    const before = cloud.require('network-interface', id).spec.secondaryPrivateAddresses ?? [];
    const unknown = gone.find((address) => !before.includes(address));
    if (unknown !== undefined || gone.length === 0) {
      throw new AwsError(
        'InvalidParameterValue',
        `Interface ${id} has no secondary address ${unknown?.slice(0, 50) ?? ''}`,
      );
    }
    const secondaryPrivateAddresses = before.filter((address) => !gone.includes(address));
    await cloud.update('network-interface', id, { spec: { secondaryPrivateAddresses } });
    return undefined;
  },
});
