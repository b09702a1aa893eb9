import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type { InstanceStateChange } from '../../model/generated/types.ts';
import { instanceOf } from './describe-instances.ts';
import { stateOf } from './present.ts';

type Wanted = { readonly desiredState: 'running' | 'stopped' } | { readonly reboot: true };

/**
 * Brings instances into a state, all or none.
 * @param verb how it is said of one that is gone
 * @throws AwsError IncorrectInstanceState for one that is gone, or in a state from which this is not possible
 */
async function bring(
  context: ActionContext,
  ids: readonly string[],
  spec: Wanted,
  verb: string,
): Promise<InstanceStateChange[]> {
  const { cloud } = context;
  const before = [...new Set(ids)].map((id) => instanceOf(context, id));
  const gone = before.find(({ InstanceId }) => !cloud.find('instance', InstanceId));
  if (gone) {
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${gone.InstanceId}' is not in a state from which it can be ${verb}`,
    );
  }
  await cloud.transaction((batch) => {
    for (const { InstanceId = '' } of before) batch.update('instance', InstanceId, { spec });
  });
  return before.map(({ InstanceId = '', State }) => ({
    InstanceId,
    PreviousState: State,
    CurrentState: stateOf(cloud.require('instance', InstanceId)),
  }));
}

export const stopInstances = define({
  action: 'StopInstances',
  supports: ['InstanceIds', 'Force'],
  only: { Hibernate: ['false'] },
  note: 'processes in the instance end; interfaces and addresses stay',
  async handle(context, { InstanceIds: ids }) {
    return { StoppingInstances: await bring(context, ids, { desiredState: 'stopped' }, 'stopped') };
  },
});

export const startInstances = define({
  action: 'StartInstances',
  supports: ['InstanceIds'],
  refusals: { 'wrong-state': 'IncorrectInstanceState' },
  async handle(context, { InstanceIds: ids }) {
    return { StartingInstances: await bring(context, ids, { desiredState: 'running' }, 'started') };
  },
});

export const rebootInstances = define({
  action: 'RebootInstances',
  supports: ['InstanceIds'],
  refusals: { 'wrong-state': 'IncorrectInstanceState' },
  note: 'processes in the instance end and it starts again',
  async handle(context, { InstanceIds: ids }) {
    await bring(context, ids, { reboot: true }, 'rebooted');
    return undefined;
  },
});
