import { define } from '../../define.ts';
import { ownerOf } from '../../departed.ts';
import { AwsError } from '../../errors.ts';
import type { Instance } from '../../model/generated/types.ts';
import { instanceOf } from './describe-instances.ts';
import { presentInstance, states } from './present.ts';

/** What is left to show of an instance that is gone: AWS, too, forgets its network. */
function remains(instance: Instance): Instance {
  const { InstanceId, ImageId, InstanceType, LaunchTime, Placement, Tags } = instance;
  return {
    InstanceId,
    ImageId,
    InstanceType,
    LaunchTime,
    Placement,
    Tags,
    State: states.terminated,
    StateTransitionReason: 'User initiated',
    StateReason: {
      Code: 'Client.UserInitiatedShutdown',
      Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
    PrivateDnsName: '',
    PublicDnsName: '',
    SecurityGroups: [],
    NetworkInterfaces: [],
    BlockDeviceMappings: [],
    ProductCodes: [],
    Monitoring: { State: 'disabled' },
  };
}

export const terminateInstances = define({
  action: 'TerminateInstances',
  supports: ['InstanceIds'],
  async handle(context, { InstanceIds: ids }) {
    if (ids.length === 0)
      throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
    const { cloud, departed } = context;
    const before = [...new Set(ids)].map((id) => instanceOf(context, id));
    const alive = before.flatMap(({ InstanceId }) => cloud.find('instance', InstanceId) ?? []);
    const shown = alive.map((instance) => presentInstance(context, instance));
    await cloud.transaction((batch) => {
      for (const { id } of alive) batch.remove('instance', id);
    });
    for (const instance of shown)
      departed.add(ownerOf(context), instance.InstanceId ?? '', remains(instance));
    return {
      TerminatingInstances: before.map(({ InstanceId, State }) => ({
        InstanceId,
        PreviousState: State,
        CurrentState: State?.Name === 'terminated' ? State : states['shutting-down'],
      })),
    };
  },
});
