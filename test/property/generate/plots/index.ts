import { changeOfGroups, groupOfPeer } from './groups.ts';
import { ipv6Plots } from './ipv6.ts';
import { natGateway } from './nat-gateways.ts';
import { otherOptions, rebinding, sharedAddress } from './places.ts';
import type { Plot } from './plot.ts';
import { reassociation, strandedElasticIp } from './public-addresses.ts';

export type { Plot } from './plot.ts';

export const plots: readonly Plot[] = [
  sharedAddress,
  changeOfGroups,
  groupOfPeer,
  rebinding,
  reassociation,
  natGateway,
  strandedElasticIp,
  otherOptions,
  ...ipv6Plots,
];
