import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';

export const modifySubnetAttribute = define({
  action: 'ModifySubnetAttribute',
  supports: ['SubnetId', 'MapPublicIpOnLaunch'],
  only: {
    'AssignIpv6AddressOnCreation.Value': ['false'],
    'EnableDns64.Value': ['false'],
    'MapCustomerOwnedIpOnLaunch.Value': ['false'],
    'EnableResourceNameDnsARecordOnLaunch.Value': ['false'],
    'EnableResourceNameDnsAAAARecordOnLaunch.Value': ['false'],
    PrivateDnsHostnameTypeOnLaunch: ['ip-name'],
  },
  async handle({ cloud }, { SubnetId: id, MapPublicIpOnLaunch: mapPublic, ...others }) {
    cloud.require('subnet', id);
    if ((mapPublic?.Value === undefined ? 0 : 1) + Object.keys(others).length !== 1) {
      throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    }
    const spec = mapPublic?.Value === undefined ? {} : { mapPublicIpOnLaunch: mapPublic.Value };
    await cloud.update('subnet', id, { spec });
    return undefined;
  },
});
