import { define } from '../../define.ts';

export const deleteSubnet = define({
  action: 'DeleteSubnet',
  supports: ['SubnetId'],
  async handle({ cloud }, { SubnetId: id }) {
    cloud.require('subnet', id);
    await cloud.remove('subnet', id);
    return undefined;
  },
});
