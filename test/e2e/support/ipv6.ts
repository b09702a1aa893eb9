import { chmod, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceOf } from '@weft/controller/resources';
import type { Host, Node } from '@weft/labs/hosts';
import { type Cloud, type CloudVm, eventually } from './cloud.ts';

/** What ISC's dhclient calls with a lease: nothing but the device is touched. */
const script = `#!/bin/sh
case "$reason" in
  BOUND6|RENEW6|REBIND6) ip -6 address replace "$new_ip6_address/128" dev "$interface" nodad ;;
esac
`;

export interface Ipv6Vm extends CloudVm {
  readonly ipv6: string;
}

/** A machine with one IPv6 address, which it has by DHCPv6, and a default route by router advertisement. */
export async function ipv6Vm(
  cloud: Cloud,
  host: Host,
  subnet: ResourceOf<'subnet'>,
  groups: readonly { id: string }[] = [],
): Promise<Ipv6Vm> {
  const networkInterface = await cloud.client.create('network-interface', {
    spec: {
      subnetId: subnet.id,
      ipv6AddressCount: 1,
      ...(groups.length > 0 ? { securityGroupIds: groups.map(({ id }) => id) } : {}),
    },
  });
  // The link has more than the network can carry: the router advertisement says how much that is.
  const { macAddress: mac, privateAddress, ipv6Addresses = [] } = networkInterface.spec;
  const vm = await host.addVmPort({ interfaceId: networkInterface.id, mac, ipv6: true, mtu: 1500 });
  await cloud.bound(host, networkInterface.id);
  await eventually('a default route by router advertisement', () => hasDefaultRoute(vm), 20_000);
  await dhcpV6(vm);
  return Object.assign(vm, { networkInterface, address: privateAddress, ipv6: ipv6Addresses[0] ?? '' });
}

async function hasDefaultRoute(node: Node): Promise<boolean> {
  return (await node.run('ip', ['-6', 'route', 'show', 'default'])).includes('proto ra');
}

/** Runs dhclient until it has its lease, and ends it. @returns the lease as it writes it down */
export async function dhcpV6(node: Node): Promise<string> {
  const path = join(tmpdir(), `weft-dhclient-${process.pid}-${node.name}`);
  await writeFile(`${path}.sh`, script);
  await chmod(`${path}.sh`, 0o755);
  const files = ['-sf', `${path}.sh`, '-lf', `${path}.leases`, '-pf', `${path}.pid`, '-cf', '/dev/null'];
  await writeFile(`${path}.leases`, '');
  const result = await node.exec('dhclient', ['-6', '-1', '-v', ...files, 'eth0'], { timeoutMs: 30_000 });
  const lease = await readFile(`${path}.leases`, 'utf8');
  await node.exec('dhclient', ['-6', '-x', ...files, 'eth0'], { timeoutMs: 10_000 });
  if (result.code !== 0) throw new Error(`no lease: ${result.stderr}`);
  return lease;
}
