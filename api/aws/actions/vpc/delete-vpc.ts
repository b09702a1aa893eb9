import { define } from '../../define.ts';

export const deleteVpc = define({
  action: 'DeleteVpc',
  supports: ['VpcId'],
  async handle({ cloud }, { VpcId: id }) {
    cloud.require('vpc', id);
    await cloud.remove('vpc', id);
    return undefined;
  },
});
