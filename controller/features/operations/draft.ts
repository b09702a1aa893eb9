import { largestNumber } from '../../pipeline/index.ts';
import {
  type AnyResource,
  type KindName,
  kinds,
  newId,
  type ResourceOf,
  type Role,
  WeftError,
} from '../../resources/index.ts';
import type { AuditOrigin } from '../../store/audit.ts';
import type { Condition, Transaction } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';
import { DraftView } from './draft-view.ts';

/** Whose resources an operation sees and makes. */
export interface Owner {
  readonly account: string;
  readonly region: string;
  /** What the caller may do; absent for the controller's own work. */
  readonly role?: Role;
  readonly hostId?: string;
  /** Who asked for it, for the audit log; absent for what nobody asked for. */
  readonly origin?: AuditOrigin;
}

type NewResource<K extends KindName> = Pick<ResourceOf<K>, 'spec'> & {
  readonly id?: string;
  readonly status?: ResourceOf<K>['status'];
  readonly tags?: Readonly<Record<string, string>>;
};

/** Numbers of each space start with 1: 0 means "none" in registers. Host numbers, too. */
const firstNumber = 1;

/**
 * The transaction of one operation while it is planned. Every resource that is put or deleted is conditioned on the
 * revision at which the plan saw it, so a plan that was overtaken is refused by the store and made anew.
 */
export class Draft {
  /** The topology as the draft leaves it so far. */
  readonly view: TopologyView;
  readonly owner: Owner;
  readonly #view: DraftView;
  /** The time of the operation, ISO 8601. */
  readonly now: string;
  /** What is being written now, for the audit log to tell of what a refusal was. */
  subject: { readonly kind: KindName; readonly id?: string } | undefined;
  readonly #conditions = new Map<string, Condition>();
  readonly #puts = new Map<string, AnyResource>();
  readonly #deletes = new Map<string, { kind: KindName; id: string }>();
  /** `KIND/NUMBER` of what this draft has given: the view does not know them yet. */
  readonly #given = new Set<string>();

  constructor(view: TopologyView, owner: Owner, now: string) {
    this.#view = new DraftView(view);
    this.view = this.#view;
    this.owner = owner;
    this.now = now;
  }

  /** The resource as this draft leaves it. */
  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined {
    return this.#view.get(kind, id);
  }

  create<K extends KindName>(kind: K, input: NewResource<K>): ResourceOf<K> {
    const definition = kinds[kind];
    const id = input.id ?? newId(definition.prefix as string);
    const resource = {
      kind,
      id,
      account: definition.operatorOwned ? '' : this.owner.account,
      region: definition.operatorOwned ? '' : this.owner.region,
      revision: 0,
      createdAt: this.now,
      ...(definition.numbered ? { number: this.#allocateNumber(kind) } : {}),
      spec: input.spec,
      status: input.status ?? {},
      tags: input.tags ?? {},
    } as unknown as ResourceOf<K>;
    const key = `${kind}/${id}`;
    // What the draft has deleted may come again: the condition is what was stored at first.
    if (!this.#deletes.delete(key)) this.#conditions.set(key, { kind, id, revision: 0 });
    this.#put(resource);
    return resource;
  }

  update<R extends AnyResource>(current: R, change: Partial<Pick<R, 'spec' | 'status' | 'tags'>>): R {
    const resource: R = { ...current, ...change };
    this.#expect(current);
    this.#put(resource);
    return resource;
  }

  remove(resource: AnyResource): void {
    const { kind, id, number } = resource;
    const key = `${kind}/${id}`;
    this.#expect(resource);
    this.#view.put(kind, id, undefined);
    this.#puts.delete(key);
    if (this.#conditions.get(key)?.revision === 0) {
      // Made by this draft: nobody has ever seen it, nor its number.
      this.#conditions.delete(key);
      return;
    }
    this.#deletes.set(key, { kind, id });
    if (number !== undefined && kinds[kind].numbered) {
      this.create('retired-number', { id: `${kind}/${number}`, spec: { kind, number } });
    }
  }

  /** Reserves an address in a scope (a subnet, an external network, the MACs of a VPC). */
  claim(scope: string, address: string, ownerId: string): void {
    this.create('address-claim', { id: `${scope}/${address}`, spec: { ownerId } });
  }
  isClaimed(scope: string, address: string): boolean {
    return this.get('address-claim', `${scope}/${address}`) !== undefined;
  }
  /**
   * Gives an address back. While hosts may still have flows for it (`hostIds`), nobody else gets it: a VM there could go on
   * using it. Housekeeping frees it when all of them have confirmed.
   */
  release(scope: string, address: string, hostIds: readonly string[] = []): void {
    const claim = this.get('address-claim', `${scope}/${address}`);
    if (!claim) return;
    if (hostIds.length === 0) this.remove(claim);
    else this.update(claim, { spec: { ownerId: '', hostIds: [...hostIds] } });
  }

  /** The commit happens only if the resource is still as the plan saw it. */
  depend(resource: AnyResource): void {
    this.#expect(resource);
  }

  transaction(): Transaction {
    return {
      conditions: [...this.#conditions.values()],
      puts: [...this.#puts.values()],
      deletes: [...this.#deletes.values()],
    };
  }

  #put(resource: AnyResource): void {
    this.#puts.set(`${resource.kind}/${resource.id}`, resource);
    this.#view.put(resource.kind, resource.id, resource);
  }

  #expect({ kind, id, revision }: AnyResource): void {
    const key = `${kind}/${id}`;
    if (!this.#conditions.has(key)) this.#conditions.set(key, { kind, id, revision });
  }

  /** The next number that is neither in use nor freed so lately that a host may still have it in its flows. */
  #allocateNumber(kind: KindName): number {
    const counter = this.get('counter', kind);
    const start = counter?.spec.next ?? firstNumber;
    let number = start;
    while (this.#isTaken(kind, number)) {
      number = number >= largestNumber ? firstNumber : number + 1;
      if (number === start) {
        throw new WeftError('number-space-full', `no free number for another ${kind}`, {
          fix: `Delete a ${kind}, or bring the hosts up that have not confirmed earlier deletions.`,
        });
      }
    }
    this.#given.add(`${kind}/${number}`);
    const next = number >= largestNumber ? firstNumber : number + 1;
    if (counter) this.update(counter, { spec: { next } });
    else this.create('counter', { id: kind, spec: { next } });
    return number;
  }
  #isTaken(kind: KindName, number: number): boolean {
    if (this.view.byNumber(kind, number)) return true;
    const key = `${kind}/${number}`;
    return this.#given.has(key) || this.get('retired-number', key) !== undefined;
  }
}
