import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiKind, type ApiResource, WeftClient } from '@weft/api/contract';
import type { ErrorCode, ResourceOf } from '@weft/controller/resources';
import type { Journal } from './journal.ts';
import { chaosTag, type Ledger } from './ledger.ts';
import type { Machines } from './machines.ts';
import type { Outages } from './outages.ts';
import type { Random } from './random.ts';

/** What all clients of a run share. */
export interface Surroundings {
  readonly url: string;
  readonly ledger: Ledger;
  readonly machines: Machines;
  readonly outages: Outages;
  readonly journal: Journal;
  /** The operator's, for public addresses. */
  readonly networks: readonly ResourceOf<'external-network'>[];
}

type Spec = Readonly<Record<string, unknown>>;

/** Refusals that clients who know little of each other must expect. Any other is a mistake of somebody. */
const ordinaryRefusals = new Set([
  'not-found',
  'unknown-reference',
  'overlap',
  'no-free-address',
  'in-use',
  'already-exists',
  'wrong-state',
  'conflict',
]);
const recoveryMs = 60_000;

/**
 * One caller of the API, who writes down what was acknowledged. When the answer to a write is lost with the
 * controller, it looks what became of it, as a careful caller does.
 */
export class Client {
  readonly number: number;
  readonly random: Random;
  readonly surroundings: Surroundings;
  readonly #api: WeftClient;
  #creations = 0;

  constructor(number: number, random: Random, surroundings: Surroundings) {
    this.number = number;
    this.random = random;
    this.surroundings = surroundings;
    this.#api = new WeftClient({ url: surroundings.url });
  }

  get ledger(): Ledger {
    return this.surroundings.ledger;
  }

  close(): void {
    this.#api.close();
  }

  /** @param expected a refusal that is ordinary here only */
  async create<K extends ApiKind>(
    kind: K,
    spec: Spec,
    expected?: ErrorCode,
  ): Promise<ApiResource<K> | undefined> {
    const tag = `${this.number}-${++this.#creations}`;
    const made = await this.#write(
      `create ${kind}`,
      () => this.#api.create(kind, { spec, tags: { [chaosTag]: tag } }, this.#wait()),
      async () => (await this.#api.list(kind, { filter: { [`tag.${chaosTag}`]: tag } })).items[0],
      expected,
    );
    if (made) this.#acknowledged(made);
    return made;
  }

  async update<K extends ApiKind>(
    kind: K,
    { id }: { id: string },
    spec: Spec,
  ): Promise<ApiResource<K> | undefined> {
    const changed = await this.#write(
      `change ${kind}`,
      () => this.#api.update(kind, id, { spec }, this.#wait()),
      () => this.#api.get(kind, id),
    );
    if (changed) this.#acknowledged(changed);
    return changed;
  }

  async remove(kind: ApiKind, { id }: { id: string }): Promise<boolean> {
    const gone = await this.#write(
      `delete ${kind}`,
      async () => {
        await this.#api.remove(kind, id, this.#wait());
        return true;
      },
      () => this.#isGone(kind, id),
    );
    if (gone) this.ledger.remove({ kind, id });
    return gone ?? false;
  }

  /** Asks for what another write of this client has changed, too, or has taken away. */
  async refresh(kind: ApiKind, { id }: { id: string }): Promise<void> {
    const found = await this.#persist(`look at ${kind}`, () => this.#api.get(kind, id));
    if (found) this.#acknowledged(found);
    else this.ledger.remove({ kind, id });
  }

  /** Some writes wait for the switches: then the controller may lose its hosts while callers wait. */
  #wait(): { waitSeconds?: number } {
    return this.random.chance(0.1) ? { waitSeconds: 1 } : {};
  }

  /** Without the receipt, which is no part of the resource. */
  #acknowledged(resource: ApiResource<ApiKind> & { receipt?: unknown }): void {
    const { receipt: _once, ...rest } = resource;
    this.ledger.put(this.number, rest as ApiResource<ApiKind>);
  }

  async #isGone(kind: ApiKind, id: string): Promise<boolean | undefined> {
    try {
      await this.#api.get(kind, id);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-found') return true;
      throw error;
    }
  }

  /**
   * Makes a write. A lost answer is looked for with `find`; a refusal gives undefined.
   * Violations: refusals that nobody should see, and failures while the controller was there all the time.
   */
  async #write<T>(
    what: string,
    write: () => Promise<T>,
    find: () => Promise<T | undefined>,
    expected?: ErrorCode,
  ): Promise<T | undefined> {
    const { journal, outages } = this.surroundings;
    const began = performance.now();
    try {
      const answer = await write();
      journal.count(`${what}: done`);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 0 && error.status < 500) {
        journal.count(`${what}: ${error.code}`);
        if (error.code !== expected && !ordinaryRefusals.has(error.code)) {
          journal.violation(`${what}: ${error.code}: ${error.message}`);
        }
        return undefined;
      }
      if (!outages.touched(began)) {
        journal.violation(`${what}: ${error.status} ${error.code}: ${error.message}, with the controller up`);
      }
      journal.count(`${what}: unknown`);
      return await this.#persist(what, find);
    }
  }

  /** Asks until the controller answers. */
  async #persist<T>(what: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const deadline = performance.now() + recoveryMs;
    for (;;) {
      await this.surroundings.outages.over();
      try {
        return await find();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 'not-found') return undefined;
        if (performance.now() > deadline) {
          throw new Error(`${what}: nothing tells what became of it`, { cause: error });
        }
        await sleep(100);
      }
    }
  }
}
