import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { attempt, run } from './command.ts';

/**
 * Network namespaces of instances. They are entered with nsenter and not with `ip netns exec`, which would also enter
 * a mount namespace of its own, where namespaces made later are invisible.
 */
export const namespaceOf = (instanceId: string) => `weft-${instanceId}`;
const pathOf = (namespace: string) => `/run/netns/${namespace}`;
export const namespaceExists = (namespace: string) => existsSync(pathOf(namespace));

const ipv6Off = 'for scope in all default; do echo 1 > /proc/sys/net/ipv6/conf/$scope/disable_ipv6; done';
/** For processes to end by themselves before they are killed. */
const graceMs = 1000;

/** Arguments that run a program in the namespace: `run('nsenter', inNamespace(ns, 'ip', 'link'))`. */
export function inNamespace(namespace: string, ...command: readonly string[]): string[] {
  return [`--net=${pathOf(namespace)}`, '--', ...command];
}

/** Makes the namespace, with loopback and without IPv6. */
export async function createNamespace(namespace: string): Promise<void> {
  await run('ip', ['netns', 'add', namespace]);
  await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  // A kernel without IPv6 has nothing to turn off.
  if (existsSync('/proc/sys/net/ipv6')) await run('nsenter', inNamespace(namespace, 'sh', '-c', ipv6Off));
}

/**
 * Gives a device its IPv6 addresses, and takes those that it had from it; router and networks on the link come by router
 * advertisement, for which the kernel asks as soon as the device has IPv6. Nobody else can have the addresses, so they are
 * not probed for.
 */
export async function setIpv6(
  namespace: string,
  device: string,
  addresses: readonly string[],
): Promise<void> {
  const wanted = new Set(addresses.map((address) => `${address}/128`));
  const shown = await run('ip', ['-n', namespace, '-6', '-oneline', 'address', 'show', 'dev', device]);
  const present = [...shown.matchAll(/ inet6 (\S+\/128) /g)].map(([, address = '']) => address);
  for (const address of present.filter((one) => !wanted.has(one))) {
    await run('ip', ['-n', namespace, '-6', 'address', 'delete', address, 'dev', device]);
  }
  if (wanted.size === 0) return;
  const on = `echo 0 > /proc/sys/net/ipv6/conf/${device}/disable_ipv6`;
  await run('nsenter', inNamespace(namespace, 'sh', '-c', on));
  for (const address of wanted) {
    await run('ip', ['-n', namespace, '-6', 'address', 'replace', address, 'dev', device, 'nodad']);
  }
}

/** Ends what runs in the namespace and removes it with the devices in it. */
export async function removeNamespace(namespace: string): Promise<void> {
  if (!namespaceExists(namespace)) return;
  signal(await processesIn(namespace), 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while ((await processesIn(namespace)).length > 0 && performance.now() < deadline) await delay(50);
  signal(await processesIn(namespace), 'SIGKILL');
  await run('ip', ['netns', 'delete', namespace]);
}

async function processesIn(namespace: string): Promise<number[]> {
  const pids = await run('ip', ['netns', 'pids', namespace]);
  return pids.split(/\s+/).filter(Boolean).map(Number);
}

function signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export interface VethPair {
  /** Name of the end in the agent's own namespace. */
  readonly outside: string;
  readonly namespace: string;
  /** Name of the end in the instance's namespace. */
  readonly inside: string;
  readonly mac: string;
}

/** Device names have 15 characters at most: 13 digits of the interface's id are as good as all 17. */
export const outsideName = (networkInterfaceId: string) =>
  `wf${networkInterfaceId.slice('eni-'.length).slice(0, 13)}`;

export async function vethExists({ outside, namespace, inside }: VethPair): Promise<boolean> {
  const ends = await Promise.all([
    attempt('ip', ['link', 'show', 'dev', outside]),
    attempt('ip', ['-n', namespace, 'link', 'show', 'dev', inside]),
  ]);
  return ends.every(({ code }) => code === 0);
}

export async function createVeth({ outside, namespace, inside, mac }: VethPair): Promise<void> {
  await removeVeth(outside);
  const peer = ['peer', 'name', inside, 'address', mac, 'netns', namespace];
  await run('ip', ['link', 'add', 'name', outside, 'type', 'veth', ...peer]);
  // The user space datapath sends packets as they are: a checksum left to the card would never be computed.
  await run('nsenter', inNamespace(namespace, 'ethtool', '-K', inside, 'tx', 'off'));
  await run('ip', ['link', 'set', 'dev', outside, 'up']);
  await run('ip', ['-n', namespace, 'link', 'set', 'dev', inside, 'up']);
}

/** Removes both ends; an absent device is no error. */
export async function removeVeth(outside: string): Promise<void> {
  const { code } = await attempt('ip', ['link', 'show', 'dev', outside]);
  if (code === 0) await run('ip', ['link', 'delete', 'dev', outside]);
}
