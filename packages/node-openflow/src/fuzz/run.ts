import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageFramer } from '../connection/framer.ts';
import { OpenFlowError } from '../errors.ts';
import { checkMessage, type Outcome } from './check.ts';
import { mutatedMessage } from './mutate.ts';
import { caseRandom } from './random.ts';

/** What a run must not exceed. */
export const limits = {
  /**
   * Processor time for decoding, printing, encoding and decoding one message of up to 64 KB again; the best of several
   * attempts. What takes quadratic time takes seconds.
   */
  slowestMs: 50,
  /** Of memory in use after garbage collection, from the first thousands of messages to any later time. */
  growthBytes: 8 * 1024 * 1024,
} as const;

export interface FuzzSettings {
  readonly seed: number;
  readonly messages: number;
  /** Number of the first message; default 0. */
  readonly from?: number;
  /** Called after each batch of 10,000 messages. */
  readonly progress?: (done: number) => void;
}

/** A message with which something went wrong, and what. */
export interface FuzzProblem {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly reason: string;
}

export interface FuzzReport {
  readonly messages: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly slowest: { readonly ms: number; readonly index: number; readonly bytes: Uint8Array };
  readonly growthBytes: number;
  readonly elapsedMs: number;
  /** At most 20: a run ends early when there are so many. */
  readonly problems: readonly FuzzProblem[];
}

const batch = 10_000;
const mostProblems = 20;
const attempts = 5;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryInUse(): number {
  collectGarbage();
  // Not what stands outside of the heap: it is given back some time later. Whatever is kept has an object on the heap.
  return process.memoryUsage().heapUsed;
}

/** Whatever the bytes are, the framer cuts them or refuses them. */
function checkFramer(bytes: Uint8Array): void {
  try {
    new MessageFramer().push(bytes);
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error;
  }
}

/** Processor time, which others that use the machine do not lengthen. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The shortest of several attempts: without what garbage collection and compilation add. */
function bestTime(bytes: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < attempts; i++) {
    const start = processorMs();
    checkMessage(bytes);
    best = Math.min(best, processorMs() - start);
  }
  return best;
}

/** Sends mutated messages through the codec, and keeps what is worth telling. */
export function fuzz(
  seeds: readonly Uint8Array[],
  { seed, messages, from = 0, progress }: FuzzSettings,
): FuzzReport {
  const outcomes: Record<Outcome, number> = { settled: 0, refused: 0, 'too-long': 0 };
  const problems: FuzzProblem[] = [];
  let slowest: FuzzReport['slowest'] = { ms: 0, index: 0, bytes: new Uint8Array(0) };
  let baseline: number | undefined;
  let growthBytes = 0;
  let done = 0;
  const start = performance.now();
  while (done < messages && problems.length < mostProblems) {
    const index = from + done++;
    const bytes = mutatedMessage(seeds, caseRandom(seed, index));
    try {
      checkFramer(bytes);
      const started = performance.now();
      outcomes[checkMessage(bytes)]++;
      // Only what looks slow is measured well, which takes longer.
      const best = performance.now() - started > slowest.ms ? bestTime(bytes) : 0;
      if (best > slowest.ms) slowest = { ms: best, index, bytes };
      if (best > limits.slowestMs) {
        problems.push({
          index,
          bytes,
          reason: `took ${best.toFixed(1)} ms; ${limits.slowestMs} are allowed`,
        });
      }
    } catch (error) {
      problems.push({ index, bytes, reason: (error as Error).message });
    }
    if (done % batch === 0) {
      const used = memoryInUse();
      baseline ??= used;
      growthBytes = Math.max(growthBytes, used - baseline);
      progress?.(done);
    }
  }
  return { messages: done, outcomes, slowest, growthBytes, elapsedMs: performance.now() - start, problems };
}
