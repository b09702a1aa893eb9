import type { Outages } from '../chaos/outages.ts';
import type { Random } from '../chaos/random.ts';
import { type Answer, Connections, Lost } from './http.ts';
import type { Journal } from './journal.ts';
import { type Operation, type Protocol, Refusal, type Shown } from './protocol.ts';
import { counter } from './rest.ts';
import type { Times } from './times.ts';

/** What all clients of a run share. */
export interface Surroundings {
  readonly url: string;
  readonly subnetIds: readonly string[];
  readonly counterIds: readonly string[];
  readonly journal: Journal;
  readonly outages: Outages;
  readonly times: Times;
}

/** Interfaces and addresses that a client has at most. */
const mostInterfaces = 20;
const mostAddresses = 2;
/** Of the creations: sent twice at the same time; hung up before the answer, and sent again. */
const twice = 0.05;
const hungUp = 0.05;

/** One caller: sends a request, waits for the answer, sends the next one. What it was told, it writes down. */
export class Client {
  readonly #number: number;
  readonly #random: Random;
  readonly #protocol: Protocol;
  readonly #surroundings: Surroundings;
  readonly #connections: Connections;
  readonly #interfaces: { id: string; subnetId: string }[] = [];
  readonly #addresses: string[] = [];
  #written = 0;
  #counted = 0;

  constructor(number: number, random: Random, protocol: Protocol, surroundings: Surroundings) {
    this.#number = number;
    this.#random = random;
    this.#protocol = protocol;
    this.#surroundings = surroundings;
    this.#connections = new Connections(surroundings.url);
  }

  /** How often it has counted on its counter. */
  get counted(): number {
    return this.#counted;
  }
  get counterTag(): string {
    return `client-${this.#number}`;
  }
  get counterId(): string {
    const { counterIds } = this.#surroundings;
    return counterIds[this.#number % counterIds.length] as string;
  }

  /** @param end by `performance.now` */
  async run(end: number): Promise<void> {
    while (performance.now() < end) await this.#step();
    this.#connections.close();
  }

  #step(): Promise<void> {
    const chance = this.#random.next();
    if (chance < 0.3 && this.#interfaces.length < mostInterfaces) return this.#createInterface();
    if (chance < 0.55) return this.#mark();
    if (chance < 0.7) return this.#removeInterface();
    if (chance < 0.75) return this.#changeAddresses();
    if (chance < 0.8 && this.#protocol.name === 'REST') return this.#count();
    return chance < 0.97 ? this.#read() : this.#find();
  }

  async #createInterface(): Promise<void> {
    const { subnetIds, journal } = this.#surroundings;
    const subnetId = this.#random.pick(subnetIds) as string;
    const made = await this.#create(this.#protocol.createInterface(subnetId, this.#nextName()));
    if (!made) return;
    journal.made(this.#number, made, subnetId);
    this.#interfaces.push({ id: made.id, subnetId });
  }

  async #changeAddresses(): Promise<void> {
    const { journal } = this.#surroundings;
    if (this.#addresses.length < mostAddresses) {
      const made = await this.#create(this.#protocol.allocateAddress(this.#nextName()));
      if (!made) return;
      journal.made(this.#number, made, 'public');
      this.#addresses.push(made.id);
      return;
    }
    const id = this.#addresses.shift() as string;
    journal.leaving(id);
    await this.#remove(this.#protocol.releaseAddress(id));
  }

  async #removeInterface(): Promise<void> {
    const [gone] = this.#interfaces.splice(this.#random.between(0, this.#interfaces.length - 1), 1);
    if (!gone) return;
    this.#surroundings.journal.leaving(gone.id);
    await this.#remove(this.#protocol.removeInterface(gone.id));
  }

  async #mark(): Promise<void> {
    const target = this.#random.pick(this.#interfaces);
    if (!target) return;
    const mark = this.#nextName();
    await this.#perform(this.#protocol.mark(target.id, mark));
    this.#surroundings.journal.marked(target.id, mark);
  }

  async #read(): Promise<void> {
    const target = this.#random.pick(this.#interfaces);
    if (target) this.#check(target.id, await this.#perform(this.#protocol.readInterface(target.id)));
  }

  async #find(): Promise<void> {
    const target = this.#random.pick(this.#interfaces);
    const known = target && this.#surroundings.journal.expected(target.id);
    if (!target || !known) return;
    const found = await this.#perform(this.#protocol.findByAddress(target.subnetId, known.address));
    if (found.length !== 1) this.#violation(`${found.length} interfaces have ${known.address}`);
    this.#check(target.id, found[0]);
  }

  /** What it has written itself, it reads. */
  #check(id: string, found: Shown | undefined): void {
    const known = this.#surroundings.journal.expected(id);
    if (!found) this.#violation(`${id} is not found`);
    else if (known && (found.id !== id || found.address !== known.address || found.mark !== known.mark)) {
      this.#violation(`${JSON.stringify(found)} was read, and ${JSON.stringify(known)} written`);
    }
  }

  /** Adds one to its tag of a resource to which others add at the same time. */
  async #count(): Promise<void> {
    const wanted = String(this.#counted + 1);
    for (;;) {
      const { revision, tags } = await this.#perform(counter.read(this.counterId));
      if (tags[this.counterTag] !== wanted) {
        const written = { ...tags, [this.counterTag]: wanted };
        if (!(await this.#write(counter.write(this.counterId, revision, written)))) continue;
      }
      this.#counted++;
      return;
    }
  }

  /** False: it was overtaken. A lost answer is seen at the next reading. */
  async #write(operation: Operation<void>): Promise<boolean> {
    try {
      await this.#once(operation);
      return true;
    } catch (error) {
      if (error instanceof Lost) {
        await this.#outlast(operation.name);
        return false;
      }
      if (!(error instanceof Refusal) || error.meaning !== 'precondition-failed') throw error;
      this.#surroundings.journal.count('overtaken');
      return false;
    }
  }

  /** Undefined when there is no address left. */
  async #create(operation: Operation<Shown>): Promise<Shown | undefined> {
    const { journal } = this.#surroundings;
    try {
      if (this.#random.chance(hungUp)) {
        journal.count('hung up');
        await this.#connections.send(operation.request(), true).catch(() => undefined);
      }
      if (!this.#random.chance(twice)) return await this.#perform(operation);
      journal.count('sent twice at once');
      return await this.#createTwice(operation);
    } catch (error) {
      if (!(error instanceof Refusal) || error.meaning !== 'no-free-address') throw error;
      journal.count('no free address');
      return undefined;
    }
  }

  /** Of two that find no address one may come when there is one again. */
  async #createTwice(operation: Operation<Shown>): Promise<Shown> {
    const answers = await Promise.allSettled([this.#perform(operation), this.#perform(operation)]);
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [one, other = one] = made;
    if (!one || !other) throw (answers[0] as PromiseRejectedResult).reason;
    if (one.id !== other.id) this.#violation(`one request has made ${one.id} and ${other.id}`);
    return one;
  }

  async #remove(operation: Operation<void>): Promise<void> {
    const lostBefore = { yes: false };
    try {
      await this.#perform(operation, lostBefore);
    } catch (error) {
      // The first sending may have done it.
      if (!(lostBefore.yes && error instanceof Refusal && error.meaning === 'not-found')) throw error;
    }
  }

  /** Sends until there is an answer. */
  async #perform<T>(operation: Operation<T>, lostBefore = { yes: false }): Promise<T> {
    for (;;) {
      try {
        return await this.#once(operation);
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        lostBefore.yes = true;
        await this.#outlast(operation.name);
      }
    }
  }

  async #once<T>(operation: Operation<T>): Promise<T> {
    const { journal, outages, times } = this.#surroundings;
    const began = performance.now();
    const answer: Answer = await this.#connections.send(operation.request());
    const ms = performance.now() - began;
    journal.count(operation.writes ? 'writes' : 'reads');
    // What waited for a controller that starts tells nothing of one that runs.
    if (!outages.touched(began)) times.add(this.#protocol.name, operation.writes, operation.name, ms);
    if (answer.status >= 500) this.#violation(`${operation.name}: ${answer.status} ${answer.text}`);
    return operation.result(answer);
  }

  /** An answer may be lost only with the controller. */
  async #outlast(name: string): Promise<void> {
    const { journal, outages } = this.#surroundings;
    journal.count('lost');
    // The end of a connection may be seen before the end of the process.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!outages.touched(performance.now() - 5_000)) this.#violation(`${name}: no answer`);
    await outages.over();
  }

  #violation(what: string): void {
    this.#surroundings.journal.violation(`client ${this.#number} (${this.#protocol.name}): ${what}`);
  }

  #nextName(): string {
    return `${this.#number}-${++this.#written}`;
  }
}
