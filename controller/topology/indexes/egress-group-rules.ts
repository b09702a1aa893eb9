import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { GraphReader } from '../graph.ts';
import type { TopologyIndex } from './index.ts';

type SecurityGroup = ResourceOf<'security-group'>;
type SecurityGroupRule = ResourceOf<'security-group-rule'>;

const namesGroupOnEgress = ({ spec }: SecurityGroupRule) =>
  spec.direction === 'egress' && spec.referencedGroupId !== undefined;

/**
 * VPC → its egress rules, and those of peered VPCs, that name a group of it: by way of rule → group → VPC, where the
 * group of the rule stands for the one that it names, unless that is in a peered VPC.
 */
export class EgressGroupRuleIndex implements TopologyIndex {
  readonly #graph: GraphReader;
  readonly #rules = new Map<string, Set<string>>();

  constructor(graph: GraphReader) {
    this.#graph = graph;
  }

  of(vpcId: string): ReadonlySet<string> {
    return this.#rules.get(vpcId) ?? none;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'security-group-rule') this.#noteRule(before, false);
    if (after?.kind === 'security-group-rule') this.#noteRule(after, true);
    if (before?.kind === 'security-group') this.#noteGroup(before, false);
    if (after?.kind === 'security-group') this.#noteGroup(after, true);
  }

  *describe(): Iterable<string> {
    for (const [vpcId, rules] of this.#rules) {
      yield `egress rules that name a group of ${vpcId}: ${[...rules].sort().join(' ')}`;
    }
  }

  /** A rule whose group is not there yet is noted when the group comes. */
  #noteRule(rule: SecurityGroupRule, isThere: boolean): void {
    if (!namesGroupOnEgress(rule)) return;
    const vpcId = rule.status.peerVpcId ?? this.#graph.get('security-group', rule.spec.groupId)?.spec.vpcId;
    if (vpcId !== undefined) this.#note(vpcId, rule.id, isThere);
  }

  #noteGroup(group: SecurityGroup, isThere: boolean): void {
    for (const rule of this.#graph.referrers(group, 'of-group', 'security-group-rule')) {
      if (!namesGroupOnEgress(rule) || rule.status.peerVpcId !== undefined) continue;
      this.#note(group.spec.vpcId, rule.id, isThere);
    }
  }

  #note(vpcId: string, ruleId: string, isThere: boolean): void {
    const rules = this.#rules.get(vpcId) ?? new Set<string>();
    if (isThere) rules.add(ruleId);
    else rules.delete(ruleId);
    if (rules.size > 0) this.#rules.set(vpcId, rules);
    else this.#rules.delete(vpcId);
  }
}

const none: ReadonlySet<string> = new Set();
