import { isLent, type ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { Address } from '../../model/generated/types.ts';
import { nameOfKind, noSuchResource } from '../../resource-names.ts';
import { tagList, tagsFor } from '../../tags.ts';
import { relatedId } from '../ids.ts';

type ElasticIp = ResourceOf<'elastic-ip'>;

const interfaceOf = ({ cloud }: ActionContext, { spec }: ElasticIp) =>
  cloud.find('network-interface', spec.networkInterfaceId);

/** The NAT gateway that has the elastic IP. */
export function natGatewayOf({ cloud }: ActionContext, elasticIp: ElasticIp) {
  const [gateway] = cloud.referrers('nat-gateway', 'uses-elastic-ip', elasticIp);
  return gateway;
}

/** The interface that an elastic IP belongs to. That of a NAT gateway is named, as AWS does it, and nowhere listed. */
function interfaceIdOf(context: ActionContext, elasticIp: ElasticIp): string | undefined {
  const { networkInterfaceId } = elasticIp.spec;
  if (networkInterfaceId !== undefined) return networkInterfaceId;
  const gateway = natGatewayOf(context, elasticIp);
  return gateway && relatedId('eni', gateway.id);
}

export const associationId = (elasticIp: ElasticIp, context: ActionContext) =>
  interfaceIdOf(context, elasticIp) === undefined ? undefined : relatedId('eipassoc', elasticIp.id);

/** The private address that an elastic IP stands for. */
const privateAddressOf = (context: ActionContext, elasticIp: ElasticIp) =>
  elasticIp.spec.privateAddress ??
  interfaceOf(context, elasticIp)?.spec.privateAddress ??
  natGatewayOf(context, elasticIp)?.spec.privateAddress;

/** AWS, "AllocateAddress": the group of zones from which an address is advertised; here the region. */
function requireRegionsGroup({ region }: ActionContext, group: string | undefined): void {
  if (group === undefined || group === region) return;
  throw new AwsError(
    'InvalidParameterValue',
    `The network border group ${group.slice(0, 100)} does not exist. Use ${region}.`,
  );
}

function present(context: ActionContext, elasticIp: ElasticIp): Address {
  const port = interfaceOf(context, elasticIp);
  const interfaceId = interfaceIdOf(context, elasticIp);
  return {
    AllocationId: elasticIp.id,
    PublicIp: elasticIp.spec.address,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: context.region,
    AssociationId: associationId(elasticIp, context),
    NetworkInterfaceId: interfaceId,
    NetworkInterfaceOwnerId: interfaceId && context.account,
    PrivateIpAddress: privateAddressOf(context, elasticIp),
    InstanceId: port?.spec.instanceId,
    Tags: tagList(elasticIp.tags),
  };
}

/** The elastic IP of an allocation id or an address. */
export function elasticIpOf(
  { cloud }: ActionContext,
  {
    AllocationId: id,
    PublicIp: address,
  }: { AllocationId?: string | undefined; PublicIp?: string | undefined },
): ElasticIp {
  if ((id === undefined) === (address === undefined)) {
    throw new AwsError('InvalidParameterCombination', 'Give one of AllocationId and PublicIp');
  }
  if (id !== undefined) {
    const found = cloud.require('elastic-ip', id);
    if (!isLent(found)) return found;
    throw noSuchResource(nameOfKind('elastic-ip'), id);
  }
  const lookup = { paths: ['spec.address'], values: [address ?? ''] };
  for (const elasticIp of cloud.list('elastic-ip', [lookup])) {
    if (elasticIp.spec.address === address && !isLent(elasticIp)) return elasticIp;
  }
  throw new AwsError('InvalidAddress.NotFound', `Address '${address?.slice(0, 100)}' not found.`);
}

export const allocateAddress = define({
  action: 'AllocateAddress',
  supports: ['Domain', 'Address', 'NetworkBorderGroup', 'TagSpecifications'],
  only: { Domain: ['vpc'], PublicIpv4Pool: ['amazon'] },
  refusals: {
    'no-free-address': 'InsufficientAddressCapacity',
    'missing-field': 'InsufficientAddressCapacity',
    'address-in-use': 'InvalidAddress.Locked',
    'quota-exceeded': 'AddressLimitExceeded',
  },
  async handle(context, { Address: address, NetworkBorderGroup: group, TagSpecifications: specifications }) {
    requireRegionsGroup(context, group);
    const tags = tagsFor('elastic-ip', specifications);
    const spec = address === undefined ? {} : { address };
    const created = present(context, await context.cloud.create('elastic-ip', { spec, tags }));
    const { AllocationId, PublicIp, Domain, PublicIpv4Pool, NetworkBorderGroup } = created;
    return { AllocationId, PublicIp, Domain, PublicIpv4Pool, NetworkBorderGroup };
  },
});

const listing = describe({
  action: 'DescribeAddresses',
  kind: 'elastic-ip',
  ids: 'AllocationIds',
  result: 'Addresses',
  paged: false,
  supports: ['PublicIps'],
  only: (elasticIp) => !isLent(elasticIp),
  filters: {
    'allocation-id': ({ id }) => id,
    'association-id': associationId,
    domain: () => 'vpc',
    'instance-id': (elasticIp, context) => interfaceOf(context, elasticIp)?.spec.instanceId,
    'network-border-group': (_elasticIp, { region }) => region,
    'network-interface-id': (elasticIp, context) => interfaceIdOf(context, elasticIp),
    'network-interface-owner-id': (elasticIp, context) =>
      interfaceIdOf(context, elasticIp) && elasticIp.account,
    'private-ip-address': (elasticIp, context) => privateAddressOf(context, elasticIp),
    'public-ip': ({ spec }) => spec.address,
  },
  indexed: {
    'allocation-id': ['id'],
    'network-interface-id': ['spec.networkInterfaceId'],
    'public-ip': ['spec.address'],
  },
  present,
});

/** Addresses can be named as well as ids. */
export const describeAddresses: typeof listing = {
  ...listing,
  handle(context, input) {
    const {
      PublicIps: addresses = [],
      AllocationIds: ids = [],
      ...rest
    } = input as {
      PublicIps?: readonly string[];
      AllocationIds?: readonly string[];
    };
    const named = addresses.map((PublicIp) => elasticIpOf(context, { PublicIp }).id);
    return listing.handle(context, { ...rest, AllocationIds: [...ids, ...named] });
  },
};

export const describeAddressesAttribute = define({
  action: 'DescribeAddressesAttribute',
  supports: ['AllocationIds', 'Attribute'],
  note: 'addresses have no domain names of their own',
  handle(context, { AllocationIds: ids = [] }) {
    const addresses =
      ids.length > 0
        ? ids.map((id) => elasticIpOf(context, { AllocationId: id }))
        : [...context.cloud.list('elastic-ip')].filter((one) => !isLent(one));
    return {
      Addresses: addresses.map(({ id, spec }) => ({ AllocationId: id, PublicIp: spec.address })),
    };
  },
});

export const releaseAddress = define({
  action: 'ReleaseAddress',
  supports: ['AllocationId', 'PublicIp', 'NetworkBorderGroup'],
  refusals: { 'in-use': 'InvalidIPAddress.InUse' },
  async handle(context, input) {
    const { AllocationId, PublicIp, NetworkBorderGroup: group } = input;
    if (group !== undefined && group !== context.region) {
      throw new AwsError('InvalidAddress.NotFound', `No such address in ${group.slice(0, 100)}`);
    }
    await context.cloud.remove('elastic-ip', elasticIpOf(context, { AllocationId, PublicIp }).id);
    return undefined;
  },
});
