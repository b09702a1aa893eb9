import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { eventually } from '../e2e/support/cloud.ts';
import { Bed, type HostPicture } from './bed.ts';
import { type ChurnOptions, churn } from './churn.ts';
import { noteDeath } from './faults.ts';
import { flowDifferences } from './flow-check.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { expectedOperations } from './operations/index.ts';
import { Outages } from './outages.ts';
import { Random } from './random.ts';
import { storeProblems } from './store-check.ts';
import type { StoredState } from './stored-state.ts';
import { tearDown } from './teardown.ts';
import { checkTraffic } from './traffic-check.ts';
import { rareTrials, trialTable } from './trial-table.ts';

export interface RunOptions extends ChurnOptions {
  readonly hosts: number;
  readonly seed: number;
  /** Most trials of each sort of traffic. */
  readonly trials: number;
  readonly say: (line: string) => void;
}

/** Longer than a round of housekeeping, which gives numbers back. */
const housekeepingMs = 12_000;
const goneMs = 30_000;

/** One whole run. @returns what happened; everything is as it should be when it has no violations */
export async function runChaos(options: RunOptions): Promise<Journal> {
  const journal = new Journal(options.say);
  const random = new Random(options.seed);
  const parts = { journal, random, ledger: new Ledger(), outages: new Outages() };
  await using bed = await Bed.start(options.hosts);
  const start = await bed.pictures();
  await bed.createExternalNetworks();
  journal.note(`churn with seed ${options.seed}`);
  await churn(options, { ...parts, bed });
  journal.note(coverage(journal));
  for (const program of [bed.cloud.controller, ...bed.cloud.agents]) noteDeath(program, journal);
  journal.note('everything settles');
  await bed.settle(parts.ledger);
  await checkAgreement(bed, parts.ledger, journal, random, options.trials);
  journal.note('everything is deleted');
  await checkEnd(bed, start, journal);
  return journal;
}

/** Which of the usual operations a run has not done: what it did not try, it does not prove. */
function coverage({ counts }: Journal): string {
  const missing = expectedOperations.filter((what) => !counts.has(what));
  const done = `${expectedOperations.length - missing.length} of ${expectedOperations.length} kinds of operation done`;
  return missing.length === 0 ? done : `${done}; NOT DONE: ${missing.join(', ')}`;
}

/** Store, switches, acknowledgements and packets agree. */
async function checkAgreement(
  bed: Bed,
  ledger: Ledger,
  journal: Journal,
  random: Random,
  mostTrials: number,
): Promise<void> {
  const report = (problems: Iterable<string>) => {
    for (const problem of problems) journal.violation(problem);
  };
  const state = await bed.inspect(async (stored) => {
    report(ledger.differences(stored.resources));
    await checkFlows(bed, stored, journal);
    return stored;
  });
  const restarted = performance.now();
  const vms = bed.machines.all;
  const traffic = await checkTraffic(state, { vms, outside: bed.outside }, random, mostTrials);
  report(traffic.problems);
  journal.note(`${traffic.leases} leases; trials of traffic:\n${trialTable(traffic.trials)}`);
  const rare = rareTrials(traffic.trials);
  if (rare.length > 0) journal.note(`FEW TRIALS: ${rare.join(', ')}`);
  await sleep(Math.max(0, restarted + housekeepingMs - performance.now()));
  await bed.inStep();
  await bed.inspect(async (stored) => {
    report(storeProblems(stored, Date.now()));
    await checkFlows(bed, stored, journal);
  });
}

async function checkFlows({ cloud }: Bed, stored: StoredState, journal: Journal): Promise<void> {
  for (const host of cloud.lab.hosts) {
    const wanted = stored.cookiesOf(host.name);
    for (const difference of flowDifferences(host.name, await host.dumpFlows(), wanted)) {
      journal.violation(difference);
    }
  }
}

/** Without any resource the hosts look as they did before the first one. */
async function checkEnd(bed: Bed, start: readonly HostPicture[], journal: Journal): Promise<void> {
  const { client } = bed.cloud;
  const instances = (await client.listAll('instance')).items.map(({ id }) => id);
  await tearDown(client);
  await bed.machines.clear();
  let end: readonly HostPicture[] = [];
  try {
    await eventually(
      'the hosts look as at the start',
      async () => {
        end = await bed.pictures();
        return isDeepStrictEqual(end, start);
      },
      goneMs,
    );
  } catch {
    for (const difference of pictureDifferences(start, end)) journal.violation(difference);
  }
  await bed.inStep();
  await bed.inspect(async (stored) => {
    const allowed = new Set(['host', 'counter', 'retired-number']);
    for (const { kind, id, spec } of stored.resources) {
      const isHeld = kind === 'address-claim' && (spec as { hostIds?: unknown }).hostIds !== undefined;
      if (!allowed.has(kind) && !isHeld)
        journal.violation(`${kind} ${id} is left when everything is deleted`);
    }
    await checkFlows(bed, stored, journal);
  });
  for (const name of await readdir('/run/netns')) {
    const leaked =
      instances.some((id) => name.includes(id)) ||
      (name.startsWith(`weft-${bed.cloud.lab.name}-vm-`) &&
        !bed.outside.some(({ machine }) => machine.namespace === name));
    if (leaked) journal.violation(`namespace ${name} is left`);
  }
}

function* pictureDifferences(start: readonly HostPicture[], end: readonly HostPicture[]): Generator<string> {
  for (const [index, before] of start.entries()) {
    for (const what of ['flows', 'ports', 'devices'] as const) {
      const after = end[index]?.[what] ?? [];
      for (const line of after)
        if (!before[what].includes(line)) yield `host ${index + 1}: left in ${what}: ${line}`;
      for (const line of before[what])
        if (!after.includes(line)) yield `host ${index + 1}: lost of ${what}: ${line}`;
    }
  }
}
