import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { relatedId } from '../ids.ts';
import { attachmentId } from './present.ts';

/** @throws AwsError when nothing is attached by this attachment */
export function attachedInterface({ cloud }: ActionContext, id: string): ResourceOf<'network-interface'> {
  const port = cloud.find('network-interface', relatedId('eni', id));
  if (port?.spec.instanceId !== undefined && attachmentId(port) === id) return port;
  throw new AwsError(
    'InvalidAttachmentID.NotFound',
    `The interface attachment '${id.slice(0, 100)}' does not exist`,
  );
}

export const attachNetworkInterface = define({
  action: 'AttachNetworkInterface',
  supports: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'],
  only: { NetworkCardIndex: ['0'] },
  refusals: {
    'in-use': 'InvalidNetworkInterface.InUse',
    'already-exists': 'InvalidParameterValue',
    'wrong-state': 'AttachmentLimitExceeded',
    'invalid-value spec.instanceId': 'InvalidParameterCombination',
  },
  note: 'to an instance that runs or is stopped; the agent plugs it in while it runs',
  async handle({ cloud }, { NetworkInterfaceId: id, InstanceId: instanceId, DeviceIndex: deviceIndex }) {
    const { spec } = cloud.require('network-interface', id);
    cloud.require('instance', instanceId);
    // To the same instance, too: only what asks for a state may ask for it twice.
    if (spec.instanceId !== undefined) {
      throw new AwsError('InvalidNetworkInterface.InUse', `Interface: [${id}] in use.`);
    }
    const port = await cloud.update('network-interface', id, { spec: { instanceId, deviceIndex } });
    return { AttachmentId: attachmentId(port), NetworkCardIndex: 0 };
  },
});

export const detachNetworkInterface = define({
  action: 'DetachNetworkInterface',
  supports: ['AttachmentId', 'Force'],
  refusals: { 'wrong-state': 'OperationNotPermitted' },
  note: 'detached at once; the host unplugs it within moments, or when its agent is back',
  async handle(context, { AttachmentId: id }) {
    const port = attachedInterface(context, id);
    await context.cloud.update('network-interface', port.id, { spec: { instanceId: null } });
    return undefined;
  },
});
