import { ApiError, type ApiResource, type WeftClient } from '@weft/api/contract';
import type { Logger } from 'pino';
import { Backoff, sleep } from '../backoff.ts';
import { reasonOf } from '../errors.ts';
import type { ComputeDriver } from './driver.ts';
import { Gate } from './gate.ts';

type Instance = ApiResource<'instance'>;
type Interface = ApiResource<'network-interface'>;
type InstanceStatus = Parameters<WeftClient['setInstanceStatus']>[1];

export interface InstanceManagerOptions {
  readonly client: Pick<WeftClient, 'listAll' | 'watch' | 'get' | 'setInstanceStatus'>;
  readonly host: string;
  readonly driver: ComputeDriver;
  readonly logger: Logger;
}

/** Each start runs about ten short programs; more at a time do not make a small machine faster. */
const startsAtATime = 4;

/** One instance that is wanted, or that has to go. */
interface Task {
  wanted: Instance | undefined;
  /** What the driver made of `wanted`; undefined while it did not, and when something else is wanted now. */
  status: InstanceStatus | undefined;
  /** Interfaces as the driver got them last: id → what it needs to know. */
  interfaces: ReadonlyMap<string, string>;
  /** Ends a start that is not wanted any more, or a pause. */
  interrupt: AbortController;
  working: Promise<void> | undefined;
}

/** Makes the instances of this host what the controller wants them to be, each by a task of its own. */
export class InstanceManager {
  #options: InstanceManagerOptions;
  #tasks = new Map<string, Task>();
  #gate = new Gate(startsAtATime);
  #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: InstanceManagerOptions) {
    this.#options = options;
  }

  /** Follows the controller from now on. */
  start(): void {
    this.#loop ??= this.#follow();
  }

  /** Stops following. Instances go on running. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const task of this.#tasks.values()) task.interrupt.abort();
    await this.#loop;
    await Promise.all([...this.#tasks.values()].map(({ working }) => working));
  }

  async #follow(): Promise<void> {
    const { client, host, logger } = this.#options;
    const backoff = new Backoff(100, 5000);
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const { items, revision } = await client.listAll('instance', { 'spec.hostId': host });
        await this.#takeList(items);
        backoff.reset();
        for await (const { changes } of client.watch({
          after: revision,
          kinds: ['instance', 'network-interface'],
          host,
          signal,
        })) {
          for (const change of changes) {
            if (change.kind === 'instance') this.#take(change.id, change.after);
            if (change.kind === 'network-interface') this.#takeInterface(change.after);
          }
        }
      } catch (error) {
        logger.warn({ reason: reasonOf(error) }, 'cannot follow the instances of this host; trying again');
        await sleep(backoff.next(), signal);
      }
    }
  }

  /** The list is complete: what is here and not in it has to go. */
  async #takeList(instances: readonly Instance[]): Promise<void> {
    const wanted = new Set(instances.map(({ id }) => id));
    for (const id of new Set([...(await this.#options.driver.owned()), ...this.#tasks.keys()])) {
      if (!wanted.has(id)) this.#take(id, undefined);
    }
    for (const instance of instances) {
      // Its interfaces may have changed unseen: the driver does what is missing.
      const task = this.#tasks.get(instance.id);
      if (task) task.status = undefined;
      this.#take(instance.id, instance);
    }
  }

  /** An interface has changed while its instance runs. */
  #takeInterface(after: Interface | undefined): void {
    const instanceId = after?.spec.instanceId;
    const task = instanceId === undefined ? undefined : this.#tasks.get(instanceId);
    const known = task?.interfaces.get(after?.id ?? '');
    if (!after || !task || known === undefined || known === settingsOf(after)) return;
    task.status = undefined;
    task.interrupt.abort(new Error('an interface of the instance has changed'));
    this.#work(instanceId as string, task);
  }

  #take(id: string, instance: Instance | undefined): void {
    const wanted =
      instance?.spec.hostId === this.#options.host && instance.status.state !== 'terminating'
        ? instance
        : undefined;
    let task = this.#tasks.get(id);
    if (!task) {
      const interrupt = new AbortController();
      task = { wanted, status: undefined, interfaces: new Map(), interrupt, working: undefined };
      this.#tasks.set(id, task);
    } else if (isOther(task.wanted, wanted)) {
      task.status = undefined;
      task.interrupt.abort(new Error('the instance is wanted otherwise now'));
    }
    task.wanted = wanted;
    this.#work(id, task);
  }

  #work(id: string, task: Task): void {
    task.working ??= this.#settle(id, task);
  }

  /**
   * Works until the task is as wanted, or the manager is closed. What is wanted may change at every `await`: the last look at it
   * and the end of the work are in one turn, so that no change falls in between.
   */
  async #settle(id: string, task: Task): Promise<void> {
    const backoff = new Backoff(1000, 60_000);
    while (!this.#stop.signal.aborted) {
      task.interrupt = new AbortController();
      try {
        if (!task.wanted) {
          await this.#options.driver.remove(id);
          task.status = undefined;
          this.#options.logger.info({ instance: id }, 'instance removed');
          // It may have come back meanwhile.
          if (task.wanted) continue;
          this.#tasks.delete(id);
          task.working = undefined;
          return;
        }
        if (!task.status) {
          const { signal } = task.interrupt;
          const status = await this.#make(task, task.wanted, signal);
          if (signal.aborted) continue;
          task.status = status;
        }
        await this.#report(task.wanted, task.status);
        if (!task.wanted || !task.status) continue;
        task.working = undefined;
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (task.interrupt.signal.aborted) continue;
        this.#options.logger.error(
          { instance: id, reason: reasonOf(error) },
          'an instance is not as wanted; trying again',
        );
        await this.#reportFailure(task, error);
        await sleep(backoff.next(), task.interrupt.signal);
      }
    }
  }

  /** Brings the instance into the state that is wanted. */
  async #make(task: Task, instance: Instance, signal: AbortSignal): Promise<InstanceStatus> {
    const { driver, logger } = this.#options;
    if (instance.spec.desiredState !== 'stopped') {
      if (instance.spec.reboots !== instance.status.reboots) await driver.stop(instance.id);
      return await this.#start(task, instance, signal);
    }
    await driver.stop(instance.id);
    logger.info({ instance: instance.id }, 'instance stopped');
    return { state: 'stopped', driver: driver.name };
  }

  async #start(task: Task, instance: Instance, signal: AbortSignal): Promise<InstanceStatus> {
    const { client, driver, logger } = this.#options;
    return await this.#gate.run(async () => {
      signal.throwIfAborted();
      const begun = performance.now();
      const found = await Promise.all(
        instance.spec.networkInterfaceIds.map((id) => client.get('network-interface', id)),
      );
      task.interfaces = new Map(found.map((one) => [one.id, settingsOf(one)]));
      const interfaces = found.map(({ id, spec }, place) => {
        const { macAddress: mac, ipv6Addresses, deviceIndex: device = place } = spec;
        return { id, mac, device, ...(ipv6Addresses === undefined ? {} : { ipv6Addresses }) };
      });
      const { namespace } = await driver.start(instance.id, interfaces, signal);
      const milliseconds = Math.round(performance.now() - begun);
      logger.info({ instance: instance.id, namespace, milliseconds }, 'instance runs');
      const { reboots } = instance.spec;
      return { state: 'running', driver: driver.name, namespace, ...(reboots ? { reboots } : {}) };
    });
  }

  async #report(instance: Instance, status: InstanceStatus): Promise<void> {
    const { state, driver, namespace, reboots } = instance.status;
    const isSame = state === status.state && driver === status.driver && namespace === status.namespace;
    if (isSame && reboots === status.reboots) return;
    try {
      await this.#options.client.setInstanceStatus(instance.id, status);
    } catch (error) {
      // Deleted, or wanted otherwise meanwhile: the watch says so too.
      if (!(error instanceof ApiError) || !['not-found', 'wrong-state'].includes(error.code)) throw error;
    }
  }

  /** Tells why a start failed. That the controller does not answer is no failure of the instance. */
  async #reportFailure({ wanted, status }: Task, error: unknown): Promise<void> {
    if (!wanted || status || error instanceof ApiError) return;
    const failed: InstanceStatus = {
      state: 'failed',
      driver: this.#options.driver.name,
      reason: reasonOf(error),
    };
    await this.#report(wanted, failed).catch((reportError: unknown) => {
      this.#options.logger.warn(
        { instance: wanted.id, reason: reasonOf(reportError) },
        'cannot report a failure',
      );
    });
  }
}

/** What of an interface is set on its device, and may change while it is there. IPv4 addresses come by DHCP. */
const settingsOf = ({ spec }: Interface) => (spec.ipv6Addresses ?? []).join();

/** True when the driver has to do something: the instance came or went, is to run, stop or reboot, or has other interfaces. */
function isOther(before: Instance | undefined, after: Instance | undefined): boolean {
  if (!before || !after) return before !== after;
  const [old, now] = [before.spec, after.spec];
  return (
    (old.desiredState ?? 'running') !== (now.desiredState ?? 'running') ||
    old.reboots !== now.reboots ||
    old.networkInterfaceIds.join() !== now.networkInterfaceIds.join()
  );
}
