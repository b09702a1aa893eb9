import { type Case, formatCase } from './cases.ts';
import { Coverage } from './coverage.ts';
import { type ExplorationOptions, explore } from './explore.ts';
import { replay, shrink } from './shrink.ts';

/** Packets in one network before a new one is made. */
const packetsPerNetwork = 500;

export interface RunOptions
  extends Pick<ExplorationOptions, 'mutation' | 'incrementalEvery' | 'onSent' | 'packetsPerEdit'> {
  readonly packets: number;
  /** Of the first network; the others follow. */
  readonly seed: number;
  /** Called after each network. */
  readonly onNetwork?: (coverage: Coverage, seed: number) => void;
}

/** What the oracles did not agree on, cut down. */
export interface Finding extends Case {
  readonly seed: number;
}

export interface RunResult {
  readonly coverage: Coverage;
  readonly finding: Finding | undefined;
}

/** Random networks one after the other, until so many packets are sent or the oracles disagree. */
export async function run(options: RunOptions): Promise<RunResult> {
  const coverage = new Coverage();
  for (let { seed } = options; coverage.packets < options.packets; seed++) {
    const packets = Math.min(packetsPerNetwork, options.packets - coverage.packets);
    const exploration = await explore({ ...options, seed, packets });
    coverage.add(exploration.coverage);
    if (exploration.failure) {
      const { incrementalEvery = 1, mutation } = options;
      const shrinkOptions = {
        incrementalEvery: Math.min(1, incrementalEvery),
        ...(mutation ? { mutation } : {}),
      };
      const script = await shrink(exploration.script, shrinkOptions);
      const failure = (await replay(script, shrinkOptions)) ?? exploration.failure;
      return { coverage, finding: { seed, about: failure.message, script } };
    }
    options.onNetwork?.(coverage, seed);
  }
  return { coverage, finding: undefined };
}

/** What to tell people about a finding. */
export function describeFinding(finding: Finding): string {
  return [
    `The oracles disagree (network of seed ${finding.seed}): ${finding.about}`,
    'The smallest case found; kept as a file in test/property/cases, it is a test (say in "about" what was wrong):',
    formatCase(finding),
  ].join('\n\n');
}
