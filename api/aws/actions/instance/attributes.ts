import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type { InstanceAttribute } from '../../model/generated/types.ts';
import { metadataOptionsOf, metadataSpecOf, presentInstance } from './present.ts';

/** What is asked for by `Attribute`. What a lab instance does not have is as AWS shows it where nothing was set. */
const attributes: Readonly<
  Record<string, (context: ActionContext, instance: ResourceOf<'instance'>) => InstanceAttribute>
> = {
  groupSet: (context, instance) => ({ Groups: presentInstance(context, instance).SecurityGroups }),
  instanceType: (context, instance) => ({
    InstanceType: { Value: presentInstance(context, instance).InstanceType },
  }),
  sourceDestCheck: ({ cloud }, { spec }) => {
    const first = cloud.find('network-interface', spec.networkInterfaceIds[0] as string);
    return { SourceDestCheck: { Value: first?.spec.sourceDestinationCheck ?? true } };
  },
  disableApiTermination: () => ({ DisableApiTermination: { Value: false } }),
  disableApiStop: () => ({ DisableApiStop: { Value: false } }),
  instanceInitiatedShutdownBehavior: () => ({ InstanceInitiatedShutdownBehavior: { Value: 'stop' } }),
  ebsOptimized: () => ({ EbsOptimized: { Value: false } }),
  enaSupport: () => ({ EnaSupport: { Value: false } }),
  rootDeviceName: () => ({ RootDeviceName: { Value: '/dev/xvda' } }),
  blockDeviceMapping: () => ({ BlockDeviceMappings: [] }),
  productCodes: () => ({ ProductCodes: [] }),
  userData: (_context, { spec }) => ({ UserData: { Value: spec.userData } }),
};

export const describeInstanceAttribute = define({
  action: 'DescribeInstanceAttribute',
  supports: ['InstanceId', 'Attribute'],
  handle(context, { InstanceId: id, Attribute: attribute }) {
    const instance = context.cloud.require('instance', id);
    const look = attributes[attribute];
    if (!look) {
      throw new AwsError('UnsupportedOperation', `Instances have no attribute ${attribute} here`);
    }
    return { InstanceId: id, ...look(context, instance) };
  },
});

export const modifyInstanceAttribute = define({
  action: 'ModifyInstanceAttribute',
  supports: ['InstanceId', 'Groups', 'SourceDestCheck', 'UserData'],
  only: {
    'DisableApiTermination.Value': ['false'],
    'DisableApiStop.Value': ['false'],
    'EbsOptimized.Value': ['false'],
  },
  refusals: { 'wrong-state': 'IncorrectInstanceState' },
  note: 'groups and source check are those of the first interface; user data changes while it is stopped',
  async handle({ cloud }, { InstanceId: id, Groups: groups, ...others }) {
    const { spec } = cloud.require('instance', id);
    if ((groups === undefined ? 0 : 1) + Object.keys(others).length !== 1) {
      throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    }
    if (others.UserData) {
      const userData = Buffer.from(others.UserData.Value ?? []).toString('base64');
      await cloud.update('instance', id, { spec: { userData } });
      return undefined;
    }
    for (const group of groups ?? []) cloud.require('security-group', group);
    const check = others.SourceDestCheck?.Value;
    const change = {
      ...(groups === undefined ? {} : { securityGroupIds: [...new Set(groups)] }),
      ...(check === undefined ? {} : { sourceDestinationCheck: check }),
    };
    await cloud.update('network-interface', spec.networkInterfaceIds[0] as string, { spec: change });
    return undefined;
  },
});

export const modifyInstanceMetadataOptions = define({
  action: 'ModifyInstanceMetadataOptions',
  supports: ['InstanceId', 'HttpPutResponseHopLimit', 'HttpProtocolIpv6'],
  only: { HttpTokens: ['required'], HttpEndpoint: ['enabled'] },
  async handle({ cloud }, { InstanceId: id, ...options }) {
    cloud.require('instance', id);
    const spec = metadataSpecOf(options);
    const instance = await cloud.update('instance', id, { spec });
    return { InstanceId: id, InstanceMetadataOptions: metadataOptionsOf(instance) };
  },
});
