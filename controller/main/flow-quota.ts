import type { DesiredState } from '../compiler/index.ts';
import type { FlowUse } from '../controller.ts';
import { flowsPerVpc } from '../features/access/quotas.ts';
import type { Draft } from '../features/operations/draft.ts';
import { type KindName, WeftError } from '../resources/index.ts';
import type { TopologyView } from '../topology/index.ts';
import { changesOf, flowCosts } from './flow-cost.ts';

/** Kinds of which one may cost many flows. An identity comes with an interface that is the first of its set of groups. */
const costly: ReadonlySet<KindName> = new Set([
  'security-group-rule',
  'identity',
  'network-acl',
  'prefix-list',
  'route-table',
  'vpc-peering-connection',
]);

/**
 * Bounds how many flows a VPC puts on each of its hosts. How many it has is counted by the compiler as they come and go; what a write
 * adds is compiled before the write is accepted, and only where the account has a limit and the write is of a costly kind.
 */
export class FlowQuota {
  readonly #compiled: Pick<DesiredState, 'scope'>;
  readonly #view: TopologyView;

  constructor(compiled: Pick<DesiredState, 'scope'>, view: TopologyView) {
    this.#compiled = compiled;
    this.#view = view;
  }

  /** @param view where the VPC and its account are, which a draft may just have made */
  use(vpcId: string, view: TopologyView = this.#view): FlowUse {
    const account = view.get('vpc', vpcId)?.account;
    return {
      flows: this.#compiled.scope(`vpc:${vpcId}`)?.flowCount ?? 0,
      limit: account === undefined ? undefined : flowsPerVpc(view, account),
    };
  }

  /**
   * A write by which a VPC costs no more than before is always let through.
   * @throws WeftError quota-exceeded, with what the write would cost
   */
  require(draft: Draft): void {
    const transaction = draft.transaction();
    if (!transaction.puts.some(({ kind }) => costly.has(kind))) return;
    if (flowsPerVpc(this.#view, draft.owner.account) === undefined) return;
    const changes = changesOf(transaction, this.#view);
    for (const { scope, added, removed } of flowCosts(changes, this.#view, draft.view).values()) {
      if (scope.type !== 'vpc' || added <= removed) continue;
      const { flows, limit } = this.use(scope.id, draft.view);
      const total = flows + added - removed;
      if (limit === undefined || total <= limit) continue;
      throw new WeftError(
        'quota-exceeded',
        `VPC ${scope.id} would cost each of its hosts ${added - removed} flows more, ${total} of at most ${limit}`,
        {
          field: 'spec',
          value: total,
          fix: 'Name groups or fewer networks, and ranges of ports that powers of two divide; or have an admin raise the quota flows-per-vpc of the account.',
        },
      );
    }
  }
}
