import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentProgram,
  type ControllerProgram,
  type Host,
  LabError,
  type Program,
} from '@weft/labs/hosts';
import type { Journal } from './journal.ts';
import type { Machines } from './machines.ts';
import type { Outages } from './outages.ts';
import type { Random } from './random.ts';

export interface FaultSurroundings {
  readonly controller: ControllerProgram;
  readonly agents: readonly AgentProgram[];
  readonly machines: Machines;
  readonly outages: Outages;
  readonly journal: Journal;
}

type Fault = (surroundings: FaultSurroundings, random: Random) => Promise<void>;

const comebackMs = 60_000;

/** As a service manager does: a program that could not start, because another was down, is started again. */
async function restartStubbornly(program: Program): Promise<void> {
  const deadline = performance.now() + comebackMs;
  for (;;) {
    try {
      return await program.restart();
    } catch (error) {
      if (!(error instanceof LabError) || performance.now() > deadline) throw error;
      await sleep(500);
    }
  }
}

/** A program that is not there although nobody has ended it; its last words tell why. */
export function noteDeath({ name, running, exitCode, logs }: Program, journal: Journal): void {
  if (running) return;
  journal.violation(`${name} ended by itself with status ${exitCode}: ${logs.slice(-20).join('\n')}`);
}

const anyHost = ({ machines }: FaultSurroundings, random: Random) => random.pick(machines.hosts) as Host;
const anyAgent = ({ agents }: FaultSurroundings, random: Random) => random.pick(agents) as AgentProgram;
const pause = (random: Random, most = 1500) => sleep(random.between(100, most));

/** Closes every TCP connection of a host to a port, at both ends at once. */
async function cutConnections(host: Host, port: number): Promise<void> {
  await host.run('ss', ['-K', '-tn', `dport = ${port} or sport = ${port}`]);
}

/** Kills ovs-vswitchd, and waits with it down. */
async function killSwitch({ machines }: FaultSurroundings, random: Random, host: Host): Promise<void> {
  await machines.gate(host).alone(async () => {
    await host.killVswitchd();
    await pause(random);
    await host.restartVswitchd();
  });
}

/** Everything that can be done to a running cloud. Each ends with everything up again, though not yet in step. */
export const faults = {
  'controller-kill': ({ controller, outages, journal }, random) =>
    outages.during(async () => {
      noteDeath(controller, journal);
      await controller.kill9();
      await pause(random);
      await controller.restart();
    }),
  'controller-freeze': ({ controller, outages, journal }, random) =>
    outages.during(async () => {
      noteDeath(controller, journal);
      controller.signal('SIGSTOP');
      await pause(random);
      controller.signal('SIGCONT');
    }),
  'agent-kill': async (surroundings, random) => {
    const agent = anyAgent(surroundings, random);
    noteDeath(agent, surroundings.journal);
    await agent.kill9();
    await pause(random);
    await restartStubbornly(agent);
  },
  'switch-kill': (surroundings, random) => killSwitch(surroundings, random, anyHost(surroundings, random)),
  'switch-freeze': async (surroundings, random) => {
    const host = anyHost(surroundings, random);
    await surroundings.machines.gate(host).alone(async () => {
      await host.killVswitchd('SIGSTOP');
      await pause(random);
      await host.killVswitchd('SIGCONT');
    });
  },
  'database-restart': async (surroundings, random) => {
    const host = anyHost(surroundings, random);
    await surroundings.machines.gate(host).alone(() => host.restartAll());
  },
  'underlay-cut': async (surroundings, random) => {
    const host = anyHost(surroundings, random);
    await host.setUnderlay('down');
    await pause(random);
    await host.setUnderlay('up');
  },
  'openflow-cut': (surroundings, random) =>
    cutConnections(anyHost(surroundings, random), surroundings.controller.openflowPort),
  'agent-cut': (surroundings, random) =>
    cutConnections(anyHost(surroundings, random), surroundings.controller.apiPort),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly FaultName[];

/** Does one of them, and says so. */
export async function inflict(
  name: FaultName,
  surroundings: FaultSurroundings,
  random: Random,
): Promise<void> {
  surroundings.journal.count(`fault ${name}`);
  await faults[name](surroundings, random);
}

/** One after the other, in random order, until the signal; a fault that has begun comes to its end. */
export async function inflictUntil(
  ended: AbortSignal,
  names: readonly FaultName[],
  surroundings: FaultSurroundings,
  random: Random,
): Promise<void> {
  while (!ended.aborted) {
    await pause(random, 2500);
    if (!ended.aborted) await inflict(random.pick(names) as FaultName, surroundings, random);
  }
}
