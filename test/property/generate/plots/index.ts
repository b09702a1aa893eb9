import { endingPlots } from './endings.ts';
import { changeOfGroups, groupOfPeer } from './groups.ts';
import { byTheOutside, ipv6Plots } from './ipv6.ts';
import { middlebox } from './middlebox.ts';
import { natGateway } from './nat-gateways.ts';
import { ownName } from './own-name.ts';
import { otherOptions, rebinding } from './places.ts';
import type { Plot } from './plot.ts';
import { prefixListPlots } from './prefix-lists.ts';
import { privateNat } from './private-nat.ts';
import { reassociation, strandedElasticIp } from './public-addresses.ts';
import { oneRule } from './rules.ts';
import { sharedAddress, sharedIpv6Address } from './shared-addresses.ts';

export type { Plot } from './plot.ts';

/** All plots, with how often each is played. */
export const plots: readonly (readonly [weight: number, plot: Plot])[] = [
  [1, sharedAddress],
  [1, sharedIpv6Address],
  [1, changeOfGroups],
  [1, ownName],
  [2, oneRule],
  [1, privateNat],
  [1, groupOfPeer],
  [1, rebinding],
  [1, reassociation],
  [2, natGateway],
  [1, strandedElasticIp],
  [1, otherOptions],
  [1, middlebox],
  [3, byTheOutside],
  ...[...ipv6Plots, ...prefixListPlots, ...endingPlots].map((plot) => [1, plot] as const),
];
