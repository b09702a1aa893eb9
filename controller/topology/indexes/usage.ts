import { type AnyResource, isLent, type KindName, kinds } from '../../resources/index.ts';
import { Counts } from './counts.ts';
import type { TopologyIndex } from './index.ts';

/** Account → kind and region → how many. What belongs to the operator is not counted, nor what is only lent. */
export class UsageIndex implements TopologyIndex {
  readonly #counts = new Counts();

  count(kind: KindName, account: string, region: string): number {
    return this.#counts.of(account).get(`${kind}/${region}`) ?? 0;
  }

  /** Internal kinds are left out: they follow what the account has, some of them a while later. */
  ownedBy(account: string): KindName | undefined {
    for (const key of this.#counts.of(account).keys()) {
      const kind = key.slice(0, key.indexOf('/')) as KindName;
      if (kinds[kind].path !== undefined) return kind;
    }
    return undefined;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before) this.#count(before, -1);
    if (after) this.#count(after, 1);
  }

  *describe(): Iterable<string> {
    for (const [account, key, count] of this.#counts) yield `account ${account} has ${count} ${key}`;
  }

  #count(resource: AnyResource, difference: 1 | -1): void {
    const { kind, account, region } = resource;
    if (account !== '' && !isLent(resource)) this.#counts.add(account, `${kind}/${region}`, difference);
  }
}
