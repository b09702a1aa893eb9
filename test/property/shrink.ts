import { Rig, type RigOptions } from './rig.ts';
import type { ScriptStep, Spec } from './script.ts';

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
 * Cuts a failing script down, as long as it still fails: leaves out ever smaller runs of steps (delta debugging), then members of
 * lists and fields of what is left, and steps once more, since what only those named is not needed now. Steps that name what
 * is no longer made are passed over, so every part of a script is a script.
 */
export async function shrink(
  script: readonly ScriptStep[],
  options: RigOptions = {},
): Promise<readonly ScriptStep[]> {
  let trials = 0;
  // A spec that lost a field may fail in another way, which is not what the script shows.
  const failure = (await replay(script, options))?.name;
  const fails = async (candidate: readonly ScriptStep[]) => {
    if (trials >= mostTrials) return false;
    trials++;
    const found = await replay(candidate, options);
    return found !== undefined && found.name === failure;
  };
  const withFewerSteps = await leaveOutSteps(script, fails);
  return leaveOutSteps(await simplifySpecs(withFewerSteps, fails), fails);
}

type Fails = (candidate: readonly ScriptStep[]) => Promise<boolean>;

async function leaveOutSteps(script: readonly ScriptStep[], fails: Fails): Promise<readonly ScriptStep[]> {
  let current = script;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let changed = true;
    while (changed) {
      changed = false;
      // From the end, so that packets go before the network that they need.
      for (let end = current.length; end > 0; end -= size) {
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

async function simplifySpecs(script: readonly ScriptStep[], fails: Fails): Promise<readonly ScriptStep[]> {
  let current = script;
  for (let index = 0; index < current.length; index++) {
    for (let tried = 0; ; ) {
      const step = current[index];
      if (step?.do !== 'create' && step?.do !== 'update') break;
      const simpler = [...simplerSpecs(step.spec)][tried];
      if (simpler === undefined) break;
      const candidate = current.with(index, { ...step, spec: simpler });
      if (await fails(candidate)) current = candidate;
      else tried++;
    }
  }
  return current;
}

/** The spec without one field, or without one member of one of its lists. */
function* simplerSpecs(spec: Spec): Iterable<Spec> {
  for (const [field, value] of Object.entries(spec)) {
    const { [field]: _without, ...rest } = spec;
    yield rest;
    if (!Array.isArray(value)) continue;
    for (let index = 0; index < value.length; index++) {
      yield { ...spec, [field]: value.toSpliced(index, 1) };
    }
  }
}
