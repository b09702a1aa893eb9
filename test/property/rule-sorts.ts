import type { Step } from '../../controller/reference/index.ts';
import type { Feature } from './coverage.ts';

/** How the model speaks of prefix lists. */
export const byListRule = / rules allow by a prefix list/;
export const byListRoute = / of pl-\S+ leads to /;

type Sorts = readonly (readonly [decision: RegExp, feature: Feature])[];

/** How the model speaks of the rule that decided: what a rule names as the other side, and of which service it is. */
const ipv4: Sorts = [
  [/ rules allow by a group(,|$)/, 'by a rule with a group of the VPC'],
  [/ rules allow by a group of a peer/, 'by a rule with a group of a peer'],
  [/ egress rules allow by a group/, 'by an egress rule with a group'],
  [/ rules allow.*, of one type$/, 'by a rule of one type of ICMP'],
  [/ rules allow.*, of a range of ports$/, 'by a rule of a range of ports'],
  [/ rules allow.*, of protocol \d+$/, 'by a rule of another protocol'],
];
const ipv6: Sorts = [
  [/ rules allow by a group/, 'IPv6 by a rule with a group'],
  [/ rules allow.*, of one type$/, 'IPv6 by a rule of one type of ICMPv6'],
];

function among(sorts: Sorts) {
  return (steps: readonly Step[]): Feature[] =>
    sorts.flatMap(([sort, feature]) => (steps.some(({ decision }) => sort.test(decision)) ? [feature] : []));
}

/** The sorts of the rules by which a packet got through. */
export const sortsOfRules = among(ipv4);
export const sortsOfRulesIpv6 = among(ipv6);
