import { type Feature, type FragmentDefinition, flags, on, setFlag } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import { changesIpv6Block } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { contributions, identityFragments, membershipFragments, recorded } from './identity.ts';
import { isIpv6Key, isUnconditional, matchOfKey } from './rule-matches.ts';

/** A rule whose every dimension matched: the packet is allowed. */
const accept: FragmentDefinition = {
  name: 'rule.accept',
  code: 55,
  compile(view, id) {
    const rule = view.get('security-group-rule', id);
    const group = rule && view.get('security-group', rule.spec.groupId);
    const vpc = group && view.get('vpc', group.spec.vpcId);
    if (!rule || !vpc || isUnconditional(rule.spec)) return undefined;
    return {
      scope: vpcScope(vpc),
      number: rule.number as number,
      flows: [
        {
          stage: `${rule.spec.direction}-rules`,
          priority: 100,
          match: [vpcMatch(vpc), on('conj_id', rule.number as number)],
          actions: [setFlag(flags.allowed, 1)],
        },
      ],
    };
  },
};

/** A network, or a protocol with ports, contributes to every rule that names it. */
const sharedMatch: FragmentDefinition = {
  name: 'rule.match',
  code: 56,
  compile(view, id) {
    const match = view.get('rule-match', id);
    const vpc = match && view.get('vpc', match.spec.vpcId);
    if (!match || !vpc) return undefined;
    const { direction, dimension, key } = match.spec;
    if (isIpv6Key(key) && vpc.spec.ipv6CidrBlock === undefined) return undefined;
    const actions = contributions(
      view.referrers({ kind: 'rule-match', id }, 'uses-match', 'security-group-rule'),
      dimension,
    );
    if (actions.length === 0) return undefined;
    return {
      scope: vpcScope(vpc),
      number: match.number as number,
      flows: [
        {
          stage: `${direction}-rules`,
          priority: 100,
          match: [vpcMatch(vpc), ...matchOfKey(direction, match.spec)],
          actions,
        },
      ],
    };
  },
};

/** Security groups: rules over sets of groups, never over lists of members. */
export const securityGroupFeature: Feature = {
  name: 'security-group',
  fragments: [...identityFragments, accept, sharedMatch],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'identity') {
      for (const definition of identityFragments) yield { definition, id };
    }
    if (kind === 'vpc' && changesIpv6Block(before, after)) {
      for (const { id: identity } of view.referrers({ kind, id }, 'in-vpc', 'identity')) {
        yield { definition: recorded, id: identity };
      }
      for (const match of view.referrers({ kind, id }, 'in-vpc', 'rule-match')) {
        if (isIpv6Key(match.spec.key)) yield { definition: sharedMatch, id: match.id };
      }
    }
    if (kind === 'security-group-rule') {
      const { spec } = (after ?? before) as ResourceOf<'security-group-rule'>;
      yield { definition: accept, id };
      const roles = membershipFragments[spec.direction];
      const identities = (groupId: string) =>
        view.referrers({ kind: 'security-group', id: groupId }, 'in-group', 'identity');
      for (const identity of identities(spec.groupId)) yield { definition: roles.own, id: identity.id };
      if (spec.referencedGroupId !== undefined) {
        for (const identity of identities(spec.referencedGroupId))
          yield { definition: roles.peer, id: identity.id };
      }
      // A shared match comes with its first rule and goes with its last one, so rules are all that it follows. A rule
      // that names a prefix list has others when the list changes.
      for (const rule of [before, after] as (ResourceOf<'security-group-rule'> | undefined)[]) {
        for (const matchId of rule?.status.matchIds ?? []) yield { definition: sharedMatch, id: matchId };
      }
    }
  },
};
