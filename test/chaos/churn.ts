import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed } from './bed.ts';
import { Client, type Surroundings } from './client.ts';
import { type FaultName, type FaultSurroundings, inflict, inflictUntil } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { conclude, createVpc, operate } from './operations/index.ts';
import type { Outages } from './outages.ts';
import type { Random } from './random.ts';

export interface ChurnOptions {
  readonly operations: number;
  readonly clients: number;
  /** No more operations after so long. */
  readonly limitMs: number;
  /** Longest pause of a client between two operations. */
  readonly thinkMs: number;
  /** Each once, in this order, or any again and again until the operations are over. */
  readonly faults: { readonly once: readonly FaultName[] } | { readonly any: readonly FaultName[] };
}

export interface ChurnParts {
  readonly bed: Bed;
  readonly ledger: Ledger;
  readonly outages: Outages;
  readonly journal: Journal;
  readonly random: Random;
}

/** Clients change everything at once while programs are killed. Ends with everything running, not yet in step. */
export async function churn(options: ChurnOptions, parts: ChurnParts): Promise<void> {
  const { bed, ledger, outages, journal, random } = parts;
  const { cloud, machines } = bed;
  const { networks } = bed;
  const surroundings: Surroundings = {
    ...{ url: cloud.controller.apiUrl, ledger, machines, networks, outages, journal },
  };
  const clients = Array.from(
    { length: options.clients },
    (_, index) => new Client(index, random.fork(index), surroundings),
  );
  const ended = new AbortController();
  const budget = { left: options.operations };
  const progress = setInterval(() => {
    const state = outages.isDown ? 'controller down' : 'controller up';
    const done = options.operations - budget.left;
    journal.note(
      `${done} of ${options.operations} operations, ${machines.all.length} machines, ${state}, ${journal.violationCount} wrong`,
    );
  }, 1000);
  try {
    // The first client gets two, which can be peered.
    for (const index of [0, 0, 1]) await createVpc(clients[index % clients.length] as Client);
    const deadline = performance.now() + options.limitMs;
    const faults = runFaults(options.faults, ended.signal, {
      ...{ controller: cloud.controller, agents: cloud.agents, machines, outages, journal },
      random: random.fork(1000),
    }).catch((error: Error) => {
      // Something does not come back: there is nothing to learn from going on.
      budget.left = 0;
      throw error;
    });
    const changes = Promise.all(clients.map((client) => work(client, budget, deadline, options.thinkMs)));
    const outcomes = await Promise.allSettled([faults, changes.finally(() => ended.abort())]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    clearInterval(progress);
    for (const client of clients) client.close();
  }
}

async function work(
  client: Client,
  budget: { left: number },
  deadline: number,
  thinkMs: number,
): Promise<void> {
  const { journal } = client.surroundings;
  const attempt = async (act: (client: Client) => Promise<void>) => {
    try {
      await act(client);
    } catch (error) {
      journal.violation(`client ${client.number}: ${(error as Error).stack}`);
    }
  };
  while (budget.left > 0 && performance.now() < deadline) {
    budget.left--;
    await attempt(operate);
    await sleep(client.random.between(0, thinkMs));
  }
  await attempt(conclude);
}

/** The controller's faults run beside those of the hosts, so that both can be down at once. */
async function runFaults(
  plan: ChurnOptions['faults'],
  ended: AbortSignal,
  { random, ...surroundings }: FaultSurroundings & { random: Random },
): Promise<void> {
  if ('once' in plan) {
    for (const name of plan.once) {
      await sleep(random.between(200, 800));
      await inflict(name, surroundings, random);
    }
    return;
  }
  const sides = [true, false].map((ofController) =>
    plan.any.filter((name) => name.startsWith('controller') === ofController),
  );
  await Promise.all(
    sides.flatMap((names, index) =>
      names.length > 0 ? [inflictUntil(ended, names, surroundings, random.fork(index))] : [],
    ),
  );
}
