import { changeOfGroups, groupOfPeer } from './groups.ts';
import { ipv6Plots } from './ipv6.ts';
import { middlebox } from './middlebox.ts';
import { natGateway } from './nat-gateways.ts';
import { ownName } from './own-name.ts';
import { otherOptions, rebinding } from './places.ts';
import type { Plot } from './plot.ts';
import { prefixListPlots } from './prefix-lists.ts';
import { reassociation, strandedElasticIp } from './public-addresses.ts';
import { sharedAddress, sharedIpv6Address } from './shared-addresses.ts';

export type { Plot } from './plot.ts';

export const plots: readonly Plot[] = [
  sharedAddress,
  sharedIpv6Address,
  changeOfGroups,
  ownName,
  groupOfPeer,
  rebinding,
  reassociation,
  natGateway,
  strandedElasticIp,
  otherOptions,
  middlebox,
  ...ipv6Plots,
  ...prefixListPlots,
];
