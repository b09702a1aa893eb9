import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed } from './bed.ts';
import { Ends } from './ends.ts';
import { type BedResult, findingsOf } from './findings.ts';
import { type Measured, measureOperations } from './measure.ts';
import { type OperationName, prepareCycles } from './operations.ts';
import type { BenchOptions } from './options.ts';
import { createVpc, fill, type Population, type Progress } from './population.ts';
import { Probe } from './probe/probe.ts';
import { formatReport } from './report.ts';
import { summarise } from './statistics.ts';

/** Time for a controller to calm down after it was loaded. */
const restMs = 2_000;

interface Loaded {
  readonly bed: Bed;
  readonly size: number;
  readonly population: Population;
  readonly costs: Pick<BedResult, 'loadSeconds' | 'memoryGrowth' | 'realFlows' | 'testFlows'>;
}

/** The benchmark. `close` may be called at any time and leaves nothing behind. */
export class ApplyBenchmark {
  readonly #options: BenchOptions;
  readonly #directory: string;
  readonly #say: (message: string) => void;
  readonly #ends = new Ends();

  /** @param directory where results go; is made */
  constructor(options: BenchOptions, directory: string, say: (message: string) => void) {
    this.#options = options;
    this.#directory = directory;
    this.#say = say;
  }

  /** Runs it, prints and writes the report. False: an aim is missed by far. */
  async run(): Promise<boolean> {
    await mkdir(this.#directory, { recursive: true });
    const loaded: Loaded[] = [];
    for (const size of this.#options.sizes) loaded.push(await this.#load(size));
    const measured = await this.#measure(loaded);
    const firstPackets = await this.#firstPackets(loaded);
    const results = loaded.map(({ bed, size, costs }) => ({
      size,
      ...costs,
      operations: Object.fromEntries(measured.get(bed) ?? []) as Record<OperationName, Measured>,
      firstPacket: summarise(firstPackets.get(bed) ?? []),
    }));
    return await this.#report(results);
  }

  async close(): Promise<void> {
    await this.#ends.close();
  }

  async #load(size: number): Promise<Loaded> {
    const { switches, cpuProfile } = this.#options;
    this.#say(
      `${size} interfaces: starting a controller, a host with Open vSwitch, ${switches} test switches`,
    );
    const directory = this.#directory;
    const cpuProfileDirectory = cpuProfile ? directory : undefined;
    const bed = await Bed.start({ switches, directory, cpuProfileDirectory }, this.#ends);
    const empty = await createVpc(bed);
    const before = await bed.controllerMemory();
    const started = performance.now();
    const population = await this.#fill(bed, empty, size);
    const loadSeconds = (performance.now() - started) / 1000;
    await sleep(restMs);
    const memoryGrowth = (await bed.controllerMemory()) - before;
    const { flows: testFlows } = await bed.switches.count();
    const costs = { loadSeconds, memoryGrowth, realFlows: await bed.realFlows(), testFlows };
    return { bed, size, population, costs };
  }

  /** With a line each second. */
  async #fill(bed: Bed, empty: Population, size: number): Promise<Population> {
    const progress: Progress = { created: 0, bound: 0 };
    const tell = () => this.#say(`  ${progress.created} created, ${progress.bound} bound, of ${size}`);
    const ticker = setInterval(tell, 1_000);
    try {
      return await fill(bed, empty, size, progress);
    } finally {
      clearInterval(ticker);
      tell();
    }
  }

  async #measure(loaded: readonly Loaded[]) {
    const { samples, warmUps } = this.#options;
    const beds = [];
    for (const { bed, population } of loaded)
      beds.push({ bed, cycles: await prepareCycles(bed, population) });
    this.#say(`measuring, ${samples} samples of each after ${warmUps} warm-ups:`);
    return await measureOperations(beds, { samples, warmUps }, (cycle) => this.#say(`  ${cycle}`));
  }

  async #firstPackets(loaded: readonly Loaded[]): Promise<Map<Bed, number[]>> {
    const { rounds } = this.#options;
    this.#say(`  first packet, ${rounds} rounds`);
    const probes = new Map<Bed, Probe>();
    for (const { bed, population } of loaded) probes.set(bed, await Probe.prepare(bed, population));
    const times = new Map(loaded.map(({ bed }) => [bed, [] as number[]]));
    // The first round of each warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const [bed, probe] of probes) {
        const ms = await probe.round();
        if (round > 0) times.get(bed)?.push(ms);
      }
    }
    return times;
  }

  async #report(results: readonly BedResult[]): Promise<boolean> {
    const findings = findingsOf(results);
    const date = new Date().toISOString();
    const file = join(this.#directory, `apply-${date.replaceAll(':', '-')}.json`);
    const report = { date, machine: machine(), options: this.#options, results, findings };
    await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
    this.#say(`\n${formatReport(results, findings)}\nWritten to ${file}`);
    return findings.every(({ verdict }) => verdict !== 'far off');
  }
}

/** What a result can be compared by. */
function machine() {
  const [ovs = ''] = execFileSync('ovs-vswitchd', ['--version'], { encoding: 'utf8' }).split('\n');
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? '',
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    openVswitch: ovs,
  };
}
