import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { labsDirectory, namespacePrefix } from './names.ts';
import { listNamespaces } from './namespaces.ts';
import type { Host, Lab } from './types.ts';

/** Traces of a lab on this machine: namespaces, its directory, processes that name it. Empty when it is gone. */
export function tracesOf(lab: string): string[] {
  const namespaces = listNamespaces().filter((namespace) => namespace.startsWith(namespacePrefix(lab)));
  const directories = existsSync(labsDirectory)
    ? readdirSync(labsDirectory).filter((name) => name === lab)
    : [];
  const listed = execFileSync('ps', ['-eo', 'stat=,pid=,args='], { encoding: 'utf8' }).split('\n');
  const processes = listed.filter(
    (line) => !line.startsWith('Z') && line.includes(`${labsDirectory}/${lab}/`),
  );
  return [...namespaces, ...directories, ...processes];
}

/** The devices of the namespace this process is in; labs must never add to them. */
export function ownDevices(): string[] {
  return readdirSync('/sys/class/net').sort();
}

/** Gives two hosts a plain br-int each, learning switches joined by a Geneve tunnel. */
export async function joinByTunnel(first: Host, second: Host): Promise<void> {
  for (const [host, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await host.vsctl(
      ...['add-br', 'br-int', '--', 'set', 'Bridge', 'br-int', 'datapath_type=netdev', 'fail_mode=secure'],
      ...['--', 'add-port', 'br-int', 'tunnel', '--', 'set', 'Interface', 'tunnel', 'type=geneve'],
      ...[`options:remote_ip=${other.tunnelAddress}`, 'options:key=7'],
    );
    await host.ofctl('add-flow', 'br-int', 'cookie=0x77,table=0,priority=10,actions=NORMAL');
  }
}

/** The hosts of a lab that was made with at least two. */
export function twoHosts(lab: Lab): [Host, Host] {
  const [first, second] = lab.hosts;
  if (first === undefined || second === undefined) throw new Error('this lab has fewer than two hosts');
  return [first, second];
}
