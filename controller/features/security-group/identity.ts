import type { Action } from 'node-openflow';
import {
  type CompiledFragment,
  conntrackState,
  type Flow,
  type FragmentDefinition,
  flags,
  isIpv4,
  isIpv6,
  on,
  onFlag,
  onRegister,
  setFlag,
} from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { hasPeer, isUnconditional } from './rule-matches.ts';

type Direction = 'ingress' | 'egress';
type Rule = ResourceOf<'security-group-rule'>;

/** The dimensions of a rule's conjunction, in this order. A rule for every address has no peer. */
const clauses = { own: 1, service: 2, peer: 3 } as const;

/** The action by which one dimension contributes to a rule. */
function contribute(rule: Rule, dimension: keyof typeof clauses): Action {
  return {
    type: 'conjunction',
    id: rule.number as number,
    clause: clauses[dimension],
    clauses: hasPeer(rule.spec) ? 3 : 2,
  };
}

/** Rules in the order of their numbers, so that equal sets give equal flows. */
export function contributions(rules: Iterable<Rule>, dimension: keyof typeof clauses): Action[] {
  return [...rules]
    .sort((a, b) => (a.number as number) - (b.number as number))
    .map((rule) => contribute(rule, dimension));
}

/** Rules of a direction that concern a set of groups: as their own group, or as the one that they name. */
export function* rulesOfIdentity(
  view: TopologyView,
  identity: ResourceOf<'identity'>,
  edge: 'of-group' | 'peer-group',
  direction: Direction,
): Iterable<Rule> {
  for (const groupId of identity.spec.groupIds) {
    for (const rule of view.referrers({ kind: 'security-group', id: groupId }, edge, 'security-group-rule')) {
      if (rule.spec.direction === direction) yield rule;
    }
  }
}

function identityFragment(
  name: string,
  code: number,
  flows: (view: TopologyView, identity: ResourceOf<'identity'>, vpc: ResourceOf<'vpc'>) => Flow[],
): FragmentDefinition {
  return {
    name,
    code,
    compile(view, id): CompiledFragment | undefined {
      const identity = view.get('identity', id);
      const vpc = identity && view.get('vpc', identity.spec.vpcId);
      if (!identity || !vpc) return undefined;
      const compiled = flows(view, identity, vpc);
      if (compiled.length === 0) return undefined;
      return { scope: vpcScope(vpc), number: identity.number as number, flows: compiled };
    },
  };
}

/**
 * A set of groups, in the role of `own` or `peer`, contributes to every rule that concerns it. A rule that allows
 * everything is no conjunction: a flow above those lets pass whatever has the set.
 */
function membership(
  name: string,
  code: number,
  direction: Direction,
  role: 'own' | 'peer',
): FragmentDefinition {
  const edge = role === 'own' ? 'of-group' : 'peer-group';
  const register = role === 'own' ? 'ownIdentity' : 'peerIdentity';
  return identityFragment(name, code, (view, identity, vpc) => {
    const all = [...rulesOfIdentity(view, identity, edge, direction)];
    // Rules of peered VPCs that name one of the groups have their flows there.
    const rules = role === 'own' ? all : all.filter(({ status }) => status.peerVpcId === undefined);
    const actions = contributions(
      rules.filter(({ spec }) => !isUnconditional(spec)),
      role,
    );
    const stage = `${direction}-rules` as const;
    const match = [vpcMatch(vpc), onRegister(register, identity.number as number)];
    const result: Flow[] = [];
    if (actions.length > 0) result.push({ stage, priority: 100, match, actions });
    const open = role === 'own' ? rules.filter(({ spec }) => isUnconditional(spec)) : [];
    for (const [ip, network] of [
      [isIpv4, 'cidrIpv4'],
      [isIpv6, 'cidrIpv6'],
    ] as const) {
      if (!open.some(({ spec }) => spec[network] !== undefined)) continue;
      result.push({ stage, priority: 110, match: [...match, ip], actions: [setFlag(flags.allowed, 1)] });
    }
    return result;
  });
}

/**
 * A connection that was recorded with this identity needs no new record. Fields cannot be compared with each other,
 * so each identity has a flow in which both have its value.
 */
export function recordedFlows(identity: ResourceOf<'identity'>, vpc: ResourceOf<'vpc'>): Flow[] {
  const number = identity.number as number;
  const kinds = vpc.spec.ipv6CidrBlock === undefined ? [isIpv4] : [isIpv4, isIpv6];
  return (['egress', 'ingress'] as const).flatMap((direction) =>
    kinds.map((ip) => ({
      stage: `${direction}-verdict` as const,
      priority: 80,
      match: [
        onFlag('allowed'),
        vpcMatch(vpc),
        onRegister('peerIdentity', number),
        ip,
        conntrackState(['est'], ['rel', 'rpl']),
        on('ct_label', BigInt(number), 0xffffffffn),
      ],
      actions: [setFlag(flags.allowed, 0)],
      goto: direction === 'egress' ? ('egress-acl' as const) : ('deliver' as const),
    })),
  );
}

export const recorded = identityFragment('identity.recorded', 54, (_view, identity, vpc) =>
  recordedFlows(identity, vpc),
);

export const membershipFragments = {
  ingress: {
    own: membership('identity.ingress-own', 50, 'ingress', 'own'),
    peer: membership('identity.ingress-peer', 51, 'ingress', 'peer'),
  },
  egress: {
    own: membership('identity.egress-own', 52, 'egress', 'own'),
    peer: membership('identity.egress-peer', 53, 'egress', 'peer'),
  },
} as const;

/** Everything that must be on every host of the VPC before packets may carry the identity. */
export const identityFragments: readonly FragmentDefinition[] = [
  membershipFragments.ingress.own,
  membershipFragments.ingress.peer,
  membershipFragments.egress.own,
  membershipFragments.egress.peer,
  recorded,
];
