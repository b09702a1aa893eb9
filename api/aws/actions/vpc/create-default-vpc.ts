import { defaultNetworkId } from '@weft/controller/resources';
import { define } from '../../define.ts';
import { presentVpc } from './present.ts';

export const createDefaultVpc = define({
  action: 'CreateDefaultVpc',
  supports: [],
  refusals: { 'already-exists': 'DefaultVpcAlreadyExists', 'quota-exceeded': 'VpcLimitExceeded' },
  note: 'the first request in a region has made one; this makes it again when it was deleted',
  async handle(context) {
    const { cloud, zones, account, region } = context;
    const id = defaultNetworkId(account, region);
    const { spec } = await cloud.update('default-network', id, { spec: { zones: zones.all() } });
    return { Vpc: presentVpc(context, cloud.require('vpc', spec.vpcId)) };
  },
});
