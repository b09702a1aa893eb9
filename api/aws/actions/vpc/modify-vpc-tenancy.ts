import { define } from '../../define.ts';

/** AWS, "ModifyVpcTenancy": only from dedicated to default. The tenancy is a label here. */
export const modifyVpcTenancy = define({
  action: 'ModifyVpcTenancy',
  supports: ['VpcId', 'InstanceTenancy'],
  only: { InstanceTenancy: ['default'] },
  async handle({ cloud }, { VpcId: id }) {
    cloud.require('vpc', id);
    await cloud.update('vpc', id, { spec: { instanceTenancy: 'default' } });
    return { ReturnValue: true };
  },
});
