import type { ApiResource, WeftClient } from '../contract/index.ts';
import { CliError } from './errors.ts';

type Instance = ApiResource<'instance'>;

/**
 * Follows an instance until it is in a state, and every reboot of it is done.
 * @param from the instance as it was read or written, from whose revision on it is followed
 * @throws CliError `not-running` when it fails, vanishes, or the time is over
 */
export async function waitForInstance(
  client: WeftClient,
  from: Instance,
  seconds: number,
  wanted: 'running' | 'stopped',
): Promise<Instance> {
  let seen: Instance | undefined = from;
  const isSo = ({ spec, status }: Instance) =>
    status.state === wanted && (wanted === 'stopped' || status.reboots === spec.reboots);
  if (isSo(seen)) return seen;
  const signal = AbortSignal.timeout(seconds * 1000);
  for await (const commit of client.watch({ after: from.revision, kinds: ['instance'], signal })) {
    for (const change of commit.changes) {
      if (change.id !== from.id || change.kind !== 'instance') continue;
      seen = change.after;
      if (!seen) throw stopped(from.id, 'was deleted meanwhile');
      if (isSo(seen)) return seen;
      if (seen.status.state === 'failed')
        throw stopped(from.id, `failed: ${seen.status.reason ?? 'no reason given'}`);
    }
  }
  throw stopped(from.id, `is still ${seen.status.state} after ${seconds} s`);
}

const stopped = (id: string, how: string) =>
  new CliError('not-running', `instance ${id} ${how}`, {
    fix: `weft instance get ${id} shows its state, and the log of its host's agent says more.`,
  });
