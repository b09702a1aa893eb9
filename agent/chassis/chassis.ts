import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { AgentError, reasonOf } from '../errors.ts';
import type { BridgeMapping } from '../options.ts';
import type { OvsDatabase } from './database.ts';
import { type ChassisFacts, readFacts, sameFacts } from './facts.ts';
import { bridgeMissing, planChassis } from './plan.ts';
import { findBridge } from './tables.ts';
import { planTargets } from './targets.ts';
import type { WantedChassis } from './wanted.ts';

export const kernelModulePath = '/sys/module/openvswitch';
/** Corrections of what others changed come at most once in this time, so that two tools cannot fight at full speed. */
const correctionIntervalMs = 1000;

export interface ChassisOptions {
  readonly tunnelIp: string;
  readonly bridgeMappings: readonly BridgeMapping[];
  /** For ovs-vswitchd to carry out what the database says. */
  readonly startTimeoutMs: number;
  readonly logger: Logger;
}

/** Keeps Open vSwitch of this host as weft needs it: br-int, its tunnel, the patches to external networks. */
export class Chassis {
  #database: OvsDatabase;
  #options: ChassisOptions;
  #wanted: WantedChassis;
  #timer: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | undefined;
  #facts: ChassisFacts | undefined;

  constructor(database: OvsDatabase, options: ChassisOptions) {
    this.#database = database;
    this.#options = options;
    this.#wanted = {
      ...options,
      kernelModule: existsSync(kernelModulePath),
      newDatapathId: randomBytes(8).toString('hex'),
    };
  }

  /**
   * Brings Open vSwitch into the wanted state, by one transaction or none, and waits until it is.
   * @throws AgentError `bridge-missing`, `vswitchd-down` or `port-failed`
   */
  async prepare(): Promise<ChassisFacts> {
    for (const { bridge } of this.#options.bridgeMappings) {
      if (!findBridge(this.#database.tables, bridge)) throw bridgeMissing(this.#database.tables, bridge);
    }
    await this.#correct();
    const configuration = this.#database.tables.root?.next_cfg ?? 0;
    const done = await this.#database.until(
      ({ root }) => (root && root.cur_cfg >= configuration) || undefined,
      this.#options.startTimeoutMs,
    );
    if (!done) throw vswitchdDown(`it did not take configuration ${configuration}`);
    const facts = await this.#database.until(
      (tables) => readFacts(tables, this.#options.bridgeMappings),
      this.#options.startTimeoutMs,
    );
    if (!facts) throw vswitchdDown('it gave the ports of br-int no numbers');
    this.#facts = facts;
    return facts;
  }

  /** Makes the targets the controllers of br-int. Targets that are set already are not touched. */
  async setTargets(targets: readonly string[]): Promise<void> {
    await this.#database.transact(planTargets(this.#database.tables, targets));
  }

  /** From now on corrects what others change, and tells when the facts are other ones. */
  watch(onFacts: (facts: ChassisFacts) => void): void {
    const look = () => {
      const facts = this.#readFacts();
      if (facts && !(this.#facts && sameFacts(facts, this.#facts))) {
        this.#facts = facts;
        onFacts(facts);
      }
      this.#timer ??= setTimeout(() => this.#correctLater(), correctionIntervalMs);
    };
    this.#stopWatching = this.#database.onChange(look);
    look();
  }

  /** The facts as they are now, after something else has made its port; undefined while some are missing. */
  facts(): ChassisFacts | undefined {
    this.#facts = this.#readFacts() ?? this.#facts;
    return this.#facts;
  }

  close(): void {
    this.#stopWatching?.();
    clearTimeout(this.#timer);
  }

  async #correct(): Promise<void> {
    const operations = planChassis(this.#database.tables, this.#wanted);
    if (operations.length === 0) return;
    await this.#database.transact(operations);
    this.#options.logger.info({ operations: operations.length }, 'Open vSwitch set up');
  }

  async #correctLater(): Promise<void> {
    this.#timer = undefined;
    try {
      await this.#correct();
    } catch (error) {
      this.#options.logger.error({ reason: reasonOf(error) }, 'cannot correct the set-up of Open vSwitch');
    }
  }

  #readFacts(): ChassisFacts | undefined {
    try {
      return readFacts(this.#database.tables, this.#options.bridgeMappings);
    } catch (error) {
      this.#options.logger.error({ reason: reasonOf(error) }, 'a port of the host has failed');
      return undefined;
    }
  }
}

/** ovs-vswitchd is not there or does nothing. */
export function vswitchdDown(symptom: string): AgentError {
  return new AgentError('vswitchd-down', `ovs-vswitchd does not run or hangs: ${symptom}`, {
    fix: 'Start it (systemctl restart openvswitch-switch) and look at its log (ovs-vswitchd.log).',
  });
}
