import { Compiler, type DesiredState } from '../../controller/compiler/index.ts';
import { features } from '../../controller/features/index.ts';
import type { World } from '../../controller/testing/world.ts';
import { Topology } from '../../controller/topology/index.ts';

/** Everything that hosts would get, as one line for each fragment. */
function* content(desired: DesiredState, hosts: readonly string[]): Generator<string> {
  const scopes = new Set(hosts.flatMap((host) => desired.scopesOfHost(host)));
  for (const host of hosts) yield `${host} has ${[...desired.scopesOfHost(host)].sort().join(' ')}`;
  for (const key of scopes) {
    for (const fragment of desired.scope(key)?.fragments.values() ?? []) {
      yield `${key} ${fragment.key} ${Buffer.from(fragment.bytes).toString('base64')}`;
    }
  }
}

/** @returns what differs between the compiler's state and one compiled from scratch; undefined when nothing does */
export async function incrementalDifference(world: World): Promise<string | undefined> {
  const topology = new Topology();
  topology.load(await world.store.snapshot());
  const full = new Compiler(topology, features);
  full.load();
  const hosts = [...world.topology.all('host')].map(({ id }) => id);
  const expected = new Set(content(full, hosts));
  const found = new Set(content(world.compiler, hosts));
  const [missing] = [...expected].filter((line) => !found.has(line));
  const [extra] = [...found].filter((line) => !expected.has(line));
  if (missing === undefined && extra === undefined) return undefined;
  return `incremental and full compile differ: ${missing ? `missing ${missing}` : ''} ${extra ? `extra ${extra}` : ''}`;
}
