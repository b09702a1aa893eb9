import type { FieldName, FlowMod } from 'node-openflow';
import type { StageName } from '../../../controller/pipeline/index.ts';
import { ipv6Netmask, netmask, parseCidr, parseIpv6Cidr } from '../../../controller/resources/index.ts';
import { listNetworks } from '../generate/blocks.ts';
import { isIpv6 } from '../generate/families.ts';
import { type Fault, inStages, rules } from './fault.ts';

/** A network as a match has it: `address/mask`. */
function matchOf(network: string): string {
  if (isIpv6(network)) {
    const { address, prefixLength } = parseIpv6Cidr(network, 'network');
    return `${address}/${ipv6Netmask(prefixLength)}`;
  }
  const { address, prefixLength } = parseCidr(network, 'network');
  return `${address}/${netmask(prefixLength)}`;
}

const ofLists = {
  ipv4: new Set(listNetworks.ipv4.map(matchOf)),
  ipv6: new Set(listNetworks.ipv6.map(matchOf)),
} as const;
type Family = keyof typeof ofLists;

/** Flows for networks that only prefix lists name are forgotten. */
function forgotten(name: string, stages: readonly StageName[], family: Family, fields: readonly FieldName[]) {
  const isOfList = ({ match }: FlowMod) =>
    match.some(({ field, value, mask }) => fields.includes(field) && ofLists[family].has(`${value}/${mask}`));
  return inStages(name, stages, (flow) => (isOfList(flow) ? undefined : flow));
}

/** Faults in what prefix lists become, in rules and in routes. */
export const prefixListFaults: readonly Fault[] = [
  forgotten('routes by prefix lists are forgotten', ['route'], 'ipv4', ['ipv4_dst']),
  forgotten('routes by IPv6 prefix lists are forgotten', ['route'], 'ipv6', ['ipv6_dst']),
  forgotten('prefix lists lead no way back in IPv6', ['public-check'], 'ipv6', ['ipv6_src']),
  forgotten('prefix lists in rules are forgotten', rules, 'ipv4', ['ct_nw_src', 'ct_nw_dst']),
  forgotten('IPv6 prefix lists in rules are forgotten', rules, 'ipv6', ['ct_ipv6_src', 'ct_ipv6_dst']),
];
