import { type AwsErrorCode, awsErrorCodes } from '../../api/aws/errors.ts';
import { allActions, type FittingForm, fittingForm } from '../../api/aws/testing/fitting-forms.ts';
import { authorization, type Harness, startHarness } from '../../api/aws/testing/harness.ts';
import { populate } from '../../api/aws/testing/populate.ts';
import {
  chanceOf,
  encodeForm,
  KnownIds,
  type RandomForm,
  randomForm,
  spoil,
} from '../../api/aws/testing/random-forms.ts';
import type { FuzzOptions } from './options.ts';

const patienceMs = 10_000;
const mostWrongs = 20;
/** A report each so many requests; after that many the state is thrown away and a new controller started. */
const round = 5_000;
/** What may be left in memory by requests that were all refused or dry: caches that fill once. */
const growthLimit = 8 * 1024 * 1024;

/** So many requests begin with one that is right. */
const fittingShare = 0.1;

const allDone = { outcome: 'done', limit: 1_000_000 } as const;

/** What was sent and answered so far. */
class Tally {
  readonly wrong: string[] = [];
  readonly codes = new Map<string, number>();
  /** Requests that were refused. */
  readonly refused = new Set<string>();
  /** Action → how often it was done, and refused. */
  readonly actions = new Map(allActions.map((action) => [action, { done: 0, refused: 0 }]));
  slowestMs = 0;

  get done(): number {
    return this.codes.get('done') ?? 0;
  }
  complain(what: string): void {
    if (this.wrong.length < mostWrongs) this.wrong.push(what);
  }
}

/** @returns what was wrong, at most twenty lines */
export async function fuzz(
  { requests, seed }: FuzzOptions,
  collect: () => void,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const tally = new Tally();
  say(`${requests} requests, seed ${seed}`);
  for (let first = 0; first < requests; first += round) {
    await using api = await startHarness();
    await api.infrastructure();
    const known = new KnownIds();
    await populate(api, known);
    for (const action of allActions) {
      const form = formOf(await fittingForm(api, action));
      await send(api, form, { known, tally });
    }
    const count = Math.min(round, requests - first);
    for (let index = 0; index < count; index++) {
      await sendRandom(api, chanceFor(seed, first + index), known, tally, '');
    }
    for (const { requestId, action, id } of await api.running.controller.audit.query(allDone)) {
      if (tally.refused.has(requestId)) tally.complain(`${action} was refused, and has written ${id}`);
    }
    tally.refused.clear();
    for (const line of api.log)
      if (line.msg === 'defect') tally.complain(JSON.stringify(line).slice(0, 2000));
    say(`${first + count} sent, ${tally.done} done, slowest ${Math.round(tally.slowestMs)} ms`);
    if (first + round >= requests) await growth(api, seed, known, tally, collect, say);
  }
  say(
    [...tally.codes]
      .sort(([, a], [, b]) => b - a)
      .map(([code, n]) => `${code} ${n}`)
      .join(', '),
  );
  for (const line of tableOf(tally)) say(line);
  for (const [action, { done }] of tally.actions) if (done === 0) tally.complain(`${action} was never done`);
  return tally.wrong;
}

/** How often each action was done and refused, three a line. */
function tableOf({ actions }: Tally): string[] {
  const cells = [...actions].map(
    ([action, { done, refused }]) => `${action.padEnd(44)}${`${done}/${refused}`.padStart(10)}`,
  );
  const rows = Array.from({ length: Math.ceil(cells.length / 3) }, (_, row) =>
    cells.slice(row * 3, row * 3 + 3).join('   '),
  );
  return ['how often each action was done/refused:', ...rows];
}

interface Request {
  readonly form: RandomForm;
  readonly region?: string | undefined;
}

const formOf = ({ action, parameters, region }: FittingForm): Request => ({
  form: [
    ...Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
    ['Action', action],
    ['Version', '2016-11-15'],
  ],
  region,
});

/** Some begin with a request that is right, and have one thing wrong: they come farther than others. */
async function anyRequest(api: Harness, chance: () => number, known: KnownIds): Promise<Request> {
  if (chance() >= fittingShare) return { form: randomForm(chance, known) };
  const action = allActions[Math.floor(chance() * allActions.length)] as string;
  // What other requests have left may be in the way of what it needs: then another one is sent.
  const fitting = await fittingForm(api, action).catch(() => undefined);
  if (!fitting) return { form: randomForm(chance, known) };
  const request = formOf(fitting);
  if (chance() < 0.7) spoil(chance, request.form);
  return request;
}

const chanceFor = (seed: number, number: number) => chanceOf(Math.imul(seed + number, 2_654_435_761));

/** Requests that change nothing must leave nothing. */
async function growth(
  api: Harness,
  seed: number,
  known: KnownIds,
  tally: Tally,
  collect: () => void,
  say: (line: string) => void,
): Promise<void> {
  const heap: number[] = [];
  for (let part = 0; part < 4; part++) {
    for (let index = 0; index < round / 2; index++) {
      await sendRandom(api, chanceFor(seed + part, index), known, tally, '&DryRun=true');
    }
    api.log.length = 0;
    collect();
    heap.push(process.memoryUsage().heapUsed);
  }
  const [, settled = 0] = heap;
  const grown = (heap.at(-1) ?? 0) - settled;
  say(`memory after dry requests, MB: ${heap.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')}`);
  if (grown > growthLimit) tally.complain(`${grown} bytes more after requests that change nothing`);
}

async function sendRandom(
  api: Harness,
  chance: () => number,
  known: KnownIds,
  tally: Tally,
  suffix: string,
): Promise<void> {
  const request = suffix === '' ? await anyRequest(api, chance, known) : { form: randomForm(chance, known) };
  await send(api, request, { known, tally, suffix, chance });
}

async function send(
  api: Harness,
  { form, region = 'us-east-1' }: Request,
  {
    known,
    tally,
    suffix = '',
    chance = () => 0,
  }: { known: KnownIds; tally: Tally; suffix?: string; chance?: () => number },
): Promise<void> {
  const bytes = encodeForm(chance, form);
  const body = suffix === '' ? bytes : Buffer.concat([bytes, Buffer.from(suffix)]);
  const shown = Buffer.from(body).toString('latin1').slice(0, 1500);
  const began = performance.now();
  const answer = await fetch(api.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: authorization(region),
    },
    body,
    signal: AbortSignal.timeout(patienceMs),
  });
  const text = await answer.text();
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - began);
  known.learn(text);
  const code = answer.status === 200 ? 'done' : (/<Code>([^<]*)/.exec(text)?.[1] ?? 'no code');
  tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
  const action = suffix === '' && tally.actions.get(form.find(([name]) => name === 'Action')?.[1] ?? '');
  if (code === 'done') {
    if (action) action.done += 1;
    return;
  }
  if (action) action.refused += 1;
  const expected = awsErrorCodes[code as AwsErrorCode]?.status;
  if (expected !== answer.status || expected >= 500) tally.complain(`${shown}: ${answer.status} ${text}`);
  tally.refused.add(answer.headers.get('x-amzn-requestid') ?? '');
}
