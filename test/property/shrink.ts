import { Rig, type RigOptions } from './rig.ts';
import type { ScriptStep } from './script.ts';

/** No more trials than this: a case that is not minimal is still a case. */
const mostTrials = 600;

/** Runs a script. @returns the first failure, which is a `Disagreement` or an error of the switches */
export async function replay(
  script: readonly ScriptStep[],
  options: RigOptions = {},
): Promise<Error | undefined> {
  await using rig = await Rig.create(options);
  try {
    for (const step of script) await rig.run(step);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/**
 * Cuts a failing script down: leaves out ever smaller runs of steps, as long as it still fails (delta debugging). Steps
 * that name what is no longer made are passed over, so every part of a script is a script.
 */
export async function shrink(
  script: readonly ScriptStep[],
  options: RigOptions = {},
): Promise<readonly ScriptStep[]> {
  let trials = 0;
  const fails = async (candidate: readonly ScriptStep[]) => {
    trials++;
    return (await replay(candidate, options)) !== undefined;
  };
  let current = script;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let changed = true;
    while (changed && trials < mostTrials) {
      changed = false;
      // From the end, so that packets go before the network that they need.
      for (let end = current.length; end > 0 && trials < mostTrials; end -= size) {
        const candidate = [...current.slice(0, Math.max(0, end - size)), ...current.slice(end)];
        if (candidate.length < current.length && (await fails(candidate))) {
          current = candidate;
          changed = true;
        }
      }
      if (size > 1) changed = false;
    }
  }
  return current;
}
