import { setTimeout as sleep } from 'node:timers/promises';
import type { Vm } from '@weft/labs/hosts';
import type { Outside } from './bed.ts';
import type { Random } from './random.ts';
import { prepare, stationsOf } from './stations.ts';
import type { StoredState } from './stored-state.ts';
import type { TrialCount } from './trial-table.ts';
import { type Trial, Trials } from './trials.ts';

const atOnce = 6;
/** Only what should arrive is tried again: the first packet after a fault may meet a neighbour that is not known yet. */
const attempts = 5;

async function isAsPredicted({ verdict, attempt }: Trial): Promise<boolean> {
  if (verdict !== 'allowed') return !(await attempt());
  for (let count = 1; count <= attempts; count++) {
    if (await attempt()) return true;
    await sleep(500);
  }
  return false;
}

async function inBatches<T>(list: readonly T[], work: (member: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async () => {
    for (let member = rest.shift(); member !== undefined; member = rest.shift()) await work(member);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export interface TrafficResult {
  readonly leases: number;
  /** How many trials there were of each sort and verdict. */
  readonly trials: readonly TrialCount[];
  readonly problems: readonly string[];
}

/** Up to so many of each sort and verdict. */
function chooseTrials(all: readonly Trial[], random: Random, size: number) {
  const bySort = Map.groupBy(all, ({ sort, verdict }) => `${sort}, ${verdict}`);
  return [...bySort].sort(([a], [b]) => a.localeCompare(b)).map(([, trials]) => random.sample(trials, size));
}

/**
 * Every machine gets its lease, and a sample of all pairs reach each other exactly when rules and routes say so.
 * @param size most trials of each sort and verdict
 */
export async function checkTraffic(
  state: StoredState,
  { vms, outside }: { readonly vms: readonly Vm[]; readonly outside: readonly Outside[] },
  random: Random,
  size: number,
): Promise<TrafficResult> {
  const stations = stationsOf(state, vms);
  const problems: string[] = [];
  await inBatches(stations, async (station) => {
    problems.push(...(await prepare(state, station)));
  });
  for (const { machine } of outside) for (const port of [80, 443]) await machine.tcpListen(port);
  const samples = chooseTrials([...new Trials(state, stations, outside).all()], random, size);
  await inBatches(samples.flat(), async (trial) => {
    if (await isAsPredicted(trial)) return;
    const { name, verdict } = trial;
    problems.push(`${name} ${verdict === 'allowed' ? 'fails' : 'succeeds'} and should not (${verdict})`);
  });
  const trials = samples.flatMap((chosen) => {
    const [first] = chosen;
    return first ? [{ sort: first.sort, verdict: first.verdict, count: chosen.length }] : [];
  });
  return { leases: stations.length, trials, problems };
}
