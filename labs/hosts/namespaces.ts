import { existsSync, readdirSync } from 'node:fs';
import { execute, run } from './command.ts';
import { LabError } from './errors.ts';
import { processesInNamespaces, sendSignal, waitUntilGone } from './process-identity.ts';

const namespacesDirectory = '/run/netns';

/** The named network namespaces of this machine. */
export function listNamespaces(): string[] {
  return existsSync(namespacesDirectory) ? readdirSync(namespacesDirectory) : [];
}

/** Runs commands of ip(8), one a line, in one process; stops at the first that fails and throws `command-failed`. */
export async function ipBatch(lines: readonly string[], namespace?: string): Promise<void> {
  const inside = namespace === undefined ? [] : ['-n', namespace];
  await run('ip', [...inside, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Makes a namespace with loopback up and, unless wanted, IPv6 off, so that it sends nothing unasked. */
export async function createNamespace(
  name: string,
  options: { readonly ipv6?: boolean } = {},
): Promise<void> {
  await run('ip', ['netns', 'add', name]);
  await ipBatch(['link set lo up'], name);
  if (options.ipv6 === true) return;
  const settings = ['all', 'default'].map((scope) => `net.ipv6.conf.${scope}.disable_ipv6=1`);
  await run('nsenter', [`--net=${namespacesDirectory}/${name}`, 'sysctl', '-q', '-w', ...settings]);
}

/** Ends every process in the namespaces, then deletes them; those that are gone already are fine. */
export async function removeNamespaces(names: readonly string[]): Promise<void> {
  const deadline = Date.now() + 5_000;
  // A process that is being ended may start another one: look again until there is none.
  for (;;) {
    const processes = processesInNamespaces(names);
    if (processes.length === 0) break;
    for (const process of processes) sendSignal(process, 'SIGKILL');
    await waitUntilGone(processes, Math.max(100, deadline - Date.now()));
  }
  for (const name of names) {
    const result = await execute('ip', ['netns', 'del', name]);
    // Two clean-ups may meet: what counts is that it is gone.
    if (result.code !== 0 && listNamespaces().includes(name)) {
      await run('ip', ['netns', 'del', name]);
    }
  }
}

/**
 * Deletes a device (and the other end of its veth) if it is there. The kernel deletes those of a namespace too, but some time
 * after the namespace's name is gone: too late for a successor of the same name.
 */
export async function deleteDevice(namespace: string, device: string): Promise<void> {
  const result = await execute('ip', ['-n', namespace, 'link', 'del', device]);
  const gone = /Cannot find device|Cannot open network namespace/.test(result.stderr);
  if (result.code !== 0 && !gone) {
    throw new LabError('command-failed', `${namespace}: deleting ${device}: ${result.stderr.trim()}`);
  }
}

/**
 * The namespaces at the other ends of the veths in these namespaces, whose names begin with `weft-`: the instances that an
 * agent's compute driver started on a host, whose names say nothing about the lab.
 */
export async function neighbourNamespaces(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) {
    const result = await execute('ip', ['-n', name, '-o', 'link', 'show', 'type', 'veth']);
    for (const [, neighbour] of result.stdout.matchAll(/ link-netns (weft-\S+)/g)) {
      if (neighbour !== undefined && !names.includes(neighbour)) found.add(neighbour);
    }
  }
  return [...found];
}
