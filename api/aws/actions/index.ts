import type { AnyAction } from '../define.ts';
import { describeAccountAttributes } from './account/describe-account-attributes.ts';
import { describeAvailabilityZones } from './account/describe-availability-zones.ts';
import { describeRegions } from './account/describe-regions.ts';
import { getCallerIdentity } from './account/get-caller-identity.ts';
import { createTags, deleteTags } from './tags/change-tags.ts';
import { describeTags } from './tags/describe-tags.ts';
import { createSubnet } from './vpc/create-subnet.ts';
import { createVpc } from './vpc/create-vpc.ts';
import { deleteSubnet } from './vpc/delete-subnet.ts';
import { deleteVpc } from './vpc/delete-vpc.ts';
import { describeSubnets } from './vpc/describe-subnets.ts';
import { describeVpcs } from './vpc/describe-vpcs.ts';
import { modifySubnetAttribute } from './vpc/modify-subnet-attribute.ts';
import { describeVpcAttribute, modifyVpcAttribute } from './vpc/vpc-attributes.ts';

/** Every action that is served, by family. */
export const actions: readonly AnyAction[] = [
  getCallerIdentity,
  describeRegions,
  describeAvailabilityZones,
  describeAccountAttributes,
  createVpc,
  describeVpcs,
  deleteVpc,
  describeVpcAttribute,
  modifyVpcAttribute,
  createSubnet,
  describeSubnets,
  deleteSubnet,
  modifySubnetAttribute,
  createTags,
  deleteTags,
  describeTags,
];

export const actionsByName: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.action, action]),
);
