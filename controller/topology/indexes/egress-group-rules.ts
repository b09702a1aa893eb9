import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { GraphReader } from '../graph.ts';
import type { TopologyIndex } from './index.ts';

type SecurityGroup = ResourceOf<'security-group'>;
type SecurityGroupRule = ResourceOf<'security-group-rule'>;

const namesGroupOnEgress = ({ spec }: SecurityGroupRule) =>
  spec.direction === 'egress' && spec.referencedGroupId !== undefined;

/** VPC → how many egress rules name a group, by way of rule → group → VPC. */
export class EgressGroupRuleIndex implements TopologyIndex {
  readonly #graph: GraphReader;
  readonly #counts = new Map<string, number>();

  constructor(graph: GraphReader) {
    this.#graph = graph;
  }

  count(vpcId: string): number {
    return this.#counts.get(vpcId) ?? 0;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'security-group-rule') this.#countRule(before, -1);
    if (after?.kind === 'security-group-rule') this.#countRule(after, 1);
    if (before?.kind === 'security-group') this.#countGroup(before, -1);
    if (after?.kind === 'security-group') this.#countGroup(after, 1);
  }

  *describe(): Iterable<string> {
    for (const [vpcId, count] of this.#counts) yield `egress rules of ${vpcId} that name a group: ${count}`;
  }

  /** A rule whose group is not there yet is counted when the group comes. */
  #countRule(rule: SecurityGroupRule, difference: 1 | -1): void {
    if (!namesGroupOnEgress(rule)) return;
    const group = this.#graph.get('security-group', rule.spec.groupId);
    if (group) this.#count(group.spec.vpcId, difference);
  }

  #countGroup(group: SecurityGroup, difference: 1 | -1): void {
    for (const rule of this.#graph.referrers(group, 'of-group', 'security-group-rule')) {
      if (namesGroupOnEgress(rule)) this.#count(group.spec.vpcId, difference);
    }
  }

  #count(vpcId: string, difference: 1 | -1): void {
    const count = this.count(vpcId) + difference;
    if (count > 0) this.#counts.set(vpcId, count);
    else this.#counts.delete(vpcId);
  }
}
