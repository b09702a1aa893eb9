import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountAwsApi } from '@weft/api/aws';
import { createRestServer, listen } from '@weft/api/rest';
import { type Caller, type RunningController, runController } from '@weft/controller';
import pino from 'pino';
import { authorization } from '../../api/aws/testing/harness.ts';
import { Ends } from './ends.ts';
import type { BenchOptions } from './options.ts';
import { type Summary, summarise } from './statistics.ts';

const owner: Caller = { account: '123456789012', region: 'us-east-1' };
const reader = { role: 'admin', accessKeyId: 'bench', name: 'bench' } as const;
/** p50 in the largest network by that in the smallest. */
const mostRatio = 1.3;
/** So many interfaces have what each list is filtered by. */
const wanted = 10;
/** Written by one commit while the bed is filled. */
const batchSize = 500;

type Ask = (bed: ListBed) => Promise<string>;

/** Lists with ten results, by what they are filtered by. */
const questions: Readonly<Record<string, Ask>> = {
  'REST, by subnet': (bed) => bed.rest(`spec.subnetId=${bed.subnetId}`),
  'REST, by group': (bed) => bed.rest(`spec.securityGroupIds=${bed.groupId}`),
  'REST, by tag': (bed) => bed.rest('tag.tier=web'),
  'AWS, by subnet': (bed) => bed.aws('subnet-id', bed.subnetId),
  'AWS, by group': (bed) => bed.aws('group-id', bed.groupId),
  'AWS, by tag': (bed) => bed.aws('tag:tier', 'web'),
  'AWS, by tag key': (bed) => bed.aws('tag-key', 'tier'),
};

/** A controller without switches behind both APIs, and interfaces of which ten are asked for. */
class ListBed {
  readonly size: number;
  readonly #url: string;
  readonly subnetId: string;
  readonly groupId: string;

  constructor(size: number, url: string, ids: { subnetId: string; groupId: string }) {
    this.size = size;
    this.#url = url;
    this.subnetId = ids.subnetId;
    this.groupId = ids.groupId;
  }

  async rest(query: string): Promise<string> {
    return this.#text(await fetch(`${this.#url}/v1/network-interfaces?${query}`));
  }

  async aws(filter: string, value: string): Promise<string> {
    const form = {
      Action: 'DescribeNetworkInterfaces',
      Version: '2016-11-15',
      'Filter.1.Name': filter,
      'Filter.1.Value.1': value,
    };
    const headers = { authorization: authorization(owner.region) };
    return this.#text(await fetch(this.#url, { method: 'POST', headers, body: new URLSearchParams(form) }));
  }

  async #text(response: Response): Promise<string> {
    const text = await response.text();
    const found = new Set(text.match(/\beni-[0-9a-f]{17}\b/g)).size;
    if (response.status === 200 && found === wanted) return text;
    throw new Error(`a list of ${wanted} has ${found}: ${response.status} ${text.slice(0, 300)}`);
  }
}

async function fill({ controller }: RunningController, size: number) {
  const make = async (
    ...[kind, spec]: [kind: 'vpc' | 'subnet' | 'security-group', spec: Record<string, unknown>]
  ) => (await controller.create(kind, { spec }, owner)).resource.id;
  const vpcId = await make('vpc', { cidrBlock: '10.0.0.0/16' });
  const large = await make('subnet', { vpcId, cidrBlock: '10.0.128.0/17' });
  const subnetId = await make('subnet', { vpcId, cidrBlock: '10.0.1.0/24' });
  const groupId = await make('security-group', { vpcId, name: 'asked-for' });
  for (let made = 0; made < size; made += batchSize) {
    await controller.transaction(owner, (batch) => {
      for (let index = made; index < Math.min(size, made + batchSize); index++) {
        const isWanted = index < wanted;
        batch.create('network-interface', {
          spec: isWanted ? { subnetId, securityGroupIds: [groupId] } : { subnetId: large },
          tags: isWanted ? { tier: 'web' } : { name: `interface-${index}` },
        });
      }
    });
  }
  return { subnetId, groupId };
}

async function makeBed(size: number, ends: Ends): Promise<ListBed> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'));
  ends.add(() => rm(folder, { recursive: true }));
  const logger = pino({ level: 'silent' });
  const running = await runController({
    openflow: { host: '127.0.0.1', port: 0 },
    store: `sqlite:${join(folder, 'weft.db')}`,
    logger,
  });
  ends.add(() => running.close());
  const ids = await fill(running, size);
  const { controller } = running;
  const server = createRestServer(controller, { openflowTarget: 'tcp:192.0.2.1:6653', logger });
  mountAwsApi(server, { controller, authenticate: () => ({ ...owner, ...reader }) });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  ends.add(async () => void (await server.close()));
  return new ListBed(size, url, ids);
}

export interface ListResult {
  readonly question: string;
  /** For each size, in the order of the sizes: milliseconds from the request to its answer. */
  readonly times: readonly Summary[];
  /** p50 of the largest network by that of the smallest. */
  readonly ratio: number;
}

/** Every question so often to every bed. The beds take turns, so that what else happens meets all alike. */
async function measure(
  beds: readonly ListBed[],
  { samples, warmUps }: Pick<BenchOptions, 'samples' | 'warmUps'>,
): Promise<ListResult[]> {
  const results: ListResult[] = [];
  for (const [question, ask] of Object.entries(questions)) {
    const times = new Map(beds.map((bed) => [bed, [] as number[]]));
    for (let round = -warmUps; round < samples; round++) {
      for (const bed of round % 2 === 0 ? beds : beds.toReversed()) {
        const start = performance.now();
        await ask(bed);
        if (round >= 0) times.get(bed)?.push(performance.now() - start);
      }
    }
    const summaries = [...times.values()].map(summarise);
    const ratio = (summaries.at(-1)?.p50 ?? 0) / (summaries[0]?.p50 ?? 1);
    results.push({ question, times: summaries, ratio });
  }
  return results;
}

/**
 * Measures lists of ten results in networks of each size, and says so.
 * @returns false when a list in the largest network takes far longer than in the smallest
 */
export async function benchLists(options: BenchOptions, say: (line: string) => void): Promise<boolean> {
  const ends = new Ends();
  try {
    const beds: ListBed[] = [];
    for (const size of options.sizes) {
      say(`${size} interfaces`);
      beds.push(await makeBed(size, ends));
    }
    const results = await measure(beds, options);
    const title = options.sizes.map((size) => `${size} (p50/p95)`.padStart(22)).join('');
    say(`\nLists of ${wanted} interfaces, in ms${title.slice(7)}   ratio (at most ${mostRatio})`);
    for (const { question, times, ratio } of results) {
      const shown = times.map(({ p50, p95 }) => `${p50.toFixed(2)} / ${p95.toFixed(2)}`.padStart(22));
      say(`  ${question.padEnd(20)}${shown.join('')}${ratio.toFixed(2).padStart(8)}`);
    }
    return results.every(({ ratio }) => ratio <= mostRatio * 2);
  } finally {
    await ends.close();
  }
}
