import { defaultNetworkId } from '@weft/controller/resources';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { presentSubnet } from './present.ts';

export const createDefaultSubnet = define({
  action: 'CreateDefaultSubnet',
  supports: ['AvailabilityZone'],
  only: { Ipv6Native: ['false'] },
  refusals: {
    'already-exists': 'DefaultSubnetAlreadyExistsInAvailabilityZone',
    'not-found': 'DefaultVpcDoesNotExist',
    'no-free-address': 'InvalidSubnet.Conflict',
    'quota-exceeded': 'SubnetLimitExceeded',
  },
  note: 'makes the default subnet of a zone again, when it was deleted',
  async handle(context, { AvailabilityZone: name }) {
    const { cloud, zones, account, region } = context;
    const zone = zones.named(name);
    const { spec } = await cloud.update('default-network', defaultNetworkId(account, region), {
      spec: { zone },
    });
    const vpc = { kind: 'vpc', id: spec.vpcId } as const;
    for (const subnet of cloud.referrers('subnet', 'in-vpc', vpc)) {
      if (subnet.spec.defaultForZone && subnet.spec.zone === zone) {
        return { Subnet: presentSubnet(context, subnet) };
      }
    }
    // Made by the commit before, and deleted meanwhile.
    throw new AwsError('DefaultVpcDoesNotExist', 'The default subnet was deleted meanwhile');
  },
});
