import type { Feature } from '../pipeline/index.ts';
import { baseFeature } from './base/compile.ts';
import { elasticIpFeature } from './elastic-ip/compile.ts';
import { externalNetworkFeature } from './external-network/compile.ts';
import { heldAddressFeature } from './held-address/compile.ts';
import { hostFeature } from './host/compile.ts';
import { limitFeature } from './limit/compile.ts';
import { natGatewayFeature } from './nat-gateway/compile.ts';
import { networkAclFeature } from './network-acl/compile.ts';
import { networkInterfaceFeature } from './network-interface/compile.ts';
import { routeTableFeature } from './route-table/compile.ts';
import { routerErrorsFeature } from './router-errors/compile.ts';
import { securityGroupFeature } from './security-group/compile.ts';
import { servicesFeature } from './services/compile.ts';
import { namesFeature } from './services/names.ts';
import { subnetFeature } from './subnet/compile.ts';
import { vpcFeature } from './vpc/compile.ts';
import { vpcPeeringConnectionFeature } from './vpc-peering-connection/compile.ts';

/** Every feature that contributes flows. */
export const features: readonly Feature[] = [
  baseFeature,
  hostFeature,
  limitFeature,
  vpcFeature,
  subnetFeature,
  networkAclFeature,
  routeTableFeature,
  networkInterfaceFeature,
  heldAddressFeature,
  routerErrorsFeature,
  servicesFeature,
  namesFeature,
  securityGroupFeature,
  vpcPeeringConnectionFeature,
  externalNetworkFeature,
  elasticIpFeature,
  natGatewayFeature,
];
