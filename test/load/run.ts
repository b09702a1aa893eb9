import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import { ProgramFolder } from '../../labs/hosts/program-folder.ts';
import { findWeftCommand, startController } from '../../labs/hosts/weft-programs.ts';
import type { Summary } from '../bench/statistics.ts';
import { Outages } from '../chaos/outages.ts';
import { Random } from '../chaos/random.ts';
import { aws } from './aws.ts';
import { Client, type Surroundings } from './client.ts';
import { type Found, Journal } from './journal.ts';
import type { LoadOptions } from './options.ts';
import { markTag } from './protocol.ts';
import { rest } from './rest.ts';
import { Times } from './times.ts';
import { Watcher } from './watcher.ts';

export interface LoadResult {
  readonly seed: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly times: ReadonlyMap<string, Summary>;
  /** Interfaces and addresses that were there at the end. */
  readonly held: number;
  /** How often the watch that followed all of it had to connect. */
  readonly watchConnections: number;
  readonly violations: readonly string[];
  readonly violationCount: number;
  /** Share of the time in which the process with the clients had something to do: near 1, it is what is measured. */
  readonly clientLoad: number;
}

/** Clients that count on the same resource; it has room for 50 tags. */
const clientsPerCounter = 25;

/**
 * A controller of its own, clients that write as fast as they get answers, and a comparison of what they were told with
 * what is there.
 * @param directory for the store and the log; what this run leaves in it is removed
 */
export async function runLoad(
  options: LoadOptions,
  directory: string,
  say: (line: string) => void,
): Promise<LoadResult> {
  await mkdir(directory, { recursive: true });
  const labDirectory = await mkdtemp(join(directory, 'run-'));
  const profile = `--cpu-prof --cpu-prof-dir=${directory}`;
  const controller = await startController(
    new ProgramFolder(labDirectory),
    { command: findWeftCommand(), labDirectory },
    { env: options.cpuProfile ? { NODE_OPTIONS: profile } : {} },
  );
  const api = new WeftClient({ url: controller.apiUrl });
  try {
    const { revision } = await api.health();
    const surroundings = await prepare(api, options.clients);
    const watcher = new Watcher(api, revision, surroundings.journal);
    const clients = clientsOf(options, surroundings);
    const end = performance.now() + options.seconds * 1000;
    say(`${options.clients} clients for ${options.seconds} s, seed ${options.seed}`);
    const idle = performance.eventLoopUtilization();
    const work = Promise.all(clients.map((client) => client.run(end)));
    // Whatever ends the work ends the run; nothing of it is thrown away while the controller is down.
    const killing = options.kill ? killInTheMiddle() : Promise.resolve();
    await Promise.all([work, killing]);
    const clientLoad = performance.eventLoopUtilization(idle).utilization;
    await watcher.finish();
    await verify(api, surroundings, clients);
    const { journal, times } = surroundings;
    return {
      seed: options.seed,
      counts: journal.counts,
      times: times.summaries(),
      held: journal.size,
      watchConnections: watcher.connections,
      violations: journal.violations,
      violationCount: journal.violationCount,
      clientLoad,
    };

    async function killInTheMiddle(): Promise<void> {
      await sleep(options.seconds * 500);
      const began = performance.now();
      await surroundings.outages.during(async () => {
        await controller.kill9();
        await controller.restart();
      });
      say(`the controller was killed, and back after ${Math.round(performance.now() - began)} ms`);
    }
  } finally {
    api.close();
    await controller.dispose();
    await rm(labDirectory, { recursive: true });
  }
}

async function prepare(api: WeftClient, clients: number): Promise<Surroundings> {
  await api.create('external-network', {
    spec: {
      name: 'external',
      cidrBlock: '203.0.113.0/24',
      // Fewer than clients want, so that some find none.
      addressRanges: [{ first: '203.0.113.1', last: `203.0.113.${Math.min(200, Math.ceil(clients * 1.5))}` }],
    },
  });
  const vpc = await api.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
  const subnetIds = [];
  for (const cidrBlock of ['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/18', '10.0.192.0/18']) {
    subnetIds.push((await api.create('subnet', { spec: { vpcId: vpc.id, cidrBlock } })).id);
  }
  const counterIds = [];
  for (let number = 0; number < clients / clientsPerCounter; number++) {
    const made = await api.create('dhcp-options', { spec: { domainName: `counter-${number}.example` } });
    counterIds.push(made.id);
  }
  return {
    url: api.url,
    subnetIds,
    counterIds,
    journal: new Journal(),
    outages: new Outages(),
    times: new Times(),
  };
}

function clientsOf({ clients, seed }: LoadOptions, surroundings: Surroundings): Client[] {
  const random = new Random(seed);
  const protocols = [rest, aws(new URL(surroundings.url).host)] as const;
  return Array.from(
    { length: clients },
    (_, number) => new Client(number, random.fork(number), protocols[number % 2 === 0 ? 0 : 1], surroundings),
  );
}

/** Compares everything that is there, and everything that the audit log says was made, with the journal. */
async function verify(api: WeftClient, { journal }: Surroundings, clients: readonly Client[]): Promise<void> {
  const { items: interfaces } = await api.listAll('network-interface');
  const { items: addresses } = await api.listAll('elastic-ip');
  const found: Found[] = [
    ...interfaces.map(({ id, spec, tags }) => ({ id, address: spec.privateAddress, mark: tags[markTag] })),
    ...addresses.map(({ id, spec }) => ({ id, address: spec.address, mark: undefined })),
  ];
  journal.compare(found);
  for (const client of clients) {
    const { tags } = await api.get('dhcp-options', client.counterId);
    const counted = Number(tags[client.counterTag] ?? 0);
    if (counted !== client.counted) {
      journal.violation(`${client.counterTag} has counted to ${client.counted}, and ${counted} is there`);
    }
  }
  for (const kind of ['network-interface', 'elastic-ip'] as const) {
    const made = await creations(api, kind);
    if (made !== journal.created[kind]) {
      journal.violation(`${journal.created[kind]} of ${kind} were acknowledged, and ${made} made`);
    }
  }
}

/** How many of a kind were ever made: a resource that was made twice and removed again shows here. */
async function creations(api: WeftClient, kind: 'network-interface' | 'elastic-ip'): Promise<number> {
  let made = 0;
  let cursor: number | undefined;
  do {
    const page = await api.audit({ kind, outcome: 'done', limit: 1000, ...(cursor ? { cursor } : {}) });
    made += page.items.filter(({ before, action }) => before === undefined && isCreation(action)).length;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return made;
}

const isCreation = (action: string) => /^(POST|CreateNetworkInterface|AllocateAddress)/.test(action);
