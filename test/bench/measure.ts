import type { Bed } from './bed.ts';
import type { OperationName, Step } from './operations.ts';
import { type Summary, summarise } from './statistics.ts';

export interface Measured {
  /** Milliseconds from the call to its answer, which comes when every affected switch has confirmed. */
  readonly time: Summary;
  /** Switches that the operation touched. */
  readonly switches: number;
  /** Flow-mods that all test switches together received for one operation, on average. */
  readonly flowMods: number;
}

export interface MeasuredBed {
  readonly bed: Bed;
  readonly cycles: readonly (readonly Step[])[];
}

interface Samples {
  readonly times: number[];
  flowMods: number;
  switches: number;
}

/**
 * Runs every cycle so often on every bed. The beds take turns, each first as often as the others, so that what else
 * happens on the machine meets all of them alike.
 */
export async function measureOperations(
  beds: readonly MeasuredBed[],
  counts: { readonly samples: number; readonly warmUps: number },
  say: (message: string) => void,
): Promise<Map<Bed, Map<OperationName, Measured>>> {
  const samples = new Map(beds.map(({ bed }) => [bed, new Map<OperationName, Samples>()]));
  const cycles = beds[0]?.cycles.length ?? 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    say(beds[0]?.cycles[cycle]?.map(({ operation }) => operation).join(', ') ?? '');
    for (let round = -counts.warmUps; round < counts.samples; round++) {
      for (const { bed, cycles } of round % 2 === 0 ? beds : beds.toReversed()) {
        for (const step of cycles[cycle] ?? []) {
          const sample = await take(bed, step);
          if (round >= 0) add(samples.get(bed) as Map<OperationName, Samples>, step.operation, sample);
        }
      }
    }
  }
  return new Map([...samples].map(([bed, operations]) => [bed, summariseAll(operations)]));
}

async function take(bed: Bed, step: Step): Promise<{ ms: number; flowMods: number; switches: number }> {
  const before = await bed.switches.count();
  const start = performance.now();
  const answer = await bed.applied(step.run());
  const ms = performance.now() - start;
  const after = await bed.switches.count();
  return { ms, flowMods: after.flowMods - before.flowMods, switches: answer.receipt?.hosts.length ?? 0 };
}

function add(
  samples: Map<OperationName, Samples>,
  operation: OperationName,
  { ms, flowMods, switches }: Awaited<ReturnType<typeof take>>,
): void {
  const known = samples.get(operation) ?? { times: [], flowMods: 0, switches };
  samples.set(operation, known);
  known.times.push(ms);
  known.flowMods += flowMods;
  known.switches = Math.max(known.switches, switches);
}

function summariseAll(operations: ReadonlyMap<OperationName, Samples>): Map<OperationName, Measured> {
  return new Map(
    [...operations].map(([operation, { times, flowMods, switches }]) => [
      operation,
      { time: summarise(times), switches, flowMods: flowMods / times.length },
    ]),
  );
}
