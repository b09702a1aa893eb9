import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';

export const modifySubnetAttribute = define({
  action: 'ModifySubnetAttribute',
  supports: ['SubnetId', 'MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation'],
  only: {
    'EnableDns64.Value': ['false'],
    'MapCustomerOwnedIpOnLaunch.Value': ['false'],
    'EnableResourceNameDnsARecordOnLaunch.Value': ['false'],
    'EnableResourceNameDnsAAAARecordOnLaunch.Value': ['false'],
    PrivateDnsHostnameTypeOnLaunch: ['ip-name'],
  },
  async handle({ cloud }, { SubnetId: id, ...attributes }) {
    cloud.require('subnet', id);
    if (Object.keys(attributes).length !== 1) {
      throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    }
    const { MapPublicIpOnLaunch: mapPublic, AssignIpv6AddressOnCreation: assignIpv6 } = attributes;
    const spec = {
      ...(mapPublic?.Value === undefined ? {} : { mapPublicIpOnLaunch: mapPublic.Value }),
      ...(assignIpv6?.Value === undefined ? {} : { assignIpv6Address: assignIpv6.Value }),
    };
    await cloud.update('subnet', id, { spec });
    return undefined;
  },
});
