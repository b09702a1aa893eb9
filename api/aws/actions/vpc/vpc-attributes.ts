import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';

export const describeVpcAttribute = define({
  action: 'DescribeVpcAttribute',
  supports: ['VpcId', 'Attribute'],
  handle({ cloud }, { VpcId: id, Attribute: attribute }) {
    const { spec } = cloud.require('vpc', id);
    switch (attribute) {
      case 'enableDnsSupport':
        return { VpcId: id, EnableDnsSupport: { Value: spec.enableDnsSupport ?? true } };
      case 'enableDnsHostnames':
        return { VpcId: id, EnableDnsHostnames: { Value: spec.enableDnsHostnames ?? false } };
      default: {
        const value = spec.enableNetworkAddressUsageMetrics ?? false;
        return { VpcId: id, EnableNetworkAddressUsageMetrics: { Value: value } };
      }
    }
  },
});

export const modifyVpcAttribute = define({
  action: 'ModifyVpcAttribute',
  supports: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames', 'EnableNetworkAddressUsageMetrics'],
  async handle({ cloud }, { VpcId: id, ...attributes }) {
    cloud.require('vpc', id);
    const given = {
      enableDnsSupport: attributes.EnableDnsSupport?.Value,
      enableDnsHostnames: attributes.EnableDnsHostnames?.Value,
      enableNetworkAddressUsageMetrics: attributes.EnableNetworkAddressUsageMetrics?.Value,
    };
    const spec = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (Object.keys(spec).length !== 1) {
      throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    }
    await cloud.update('vpc', id, { spec });
    return undefined;
  },
});
