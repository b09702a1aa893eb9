import { existsSync } from 'node:fs';
import { type OpenVSwitch, opsFor } from 'ovsdb-client';
import type { OvsDatabase } from '../chassis/database.ts';
import { withNextConfiguration } from '../chassis/plan.ts';
import { findBridge, findInterface, findPort, integrationBridge } from '../chassis/tables.ts';
import { servicePortName } from '../chassis/wanted.ts';
import { run } from '../compute/command.ts';
import { removeVeth } from '../compute/namespace.ts';
import { AgentError } from '../errors.ts';
import { ipv6ServiceAddresses, serviceAddresses, slotNetworks } from './addresses.ts';

const ops = opsFor<OpenVSwitch>();
const insideName = 'weft-svc-in';
/** MAC to which flows send questions; no frame with it leaves the host. */
const servicesMac = '02:57:0f:00:00:00';
/** Always the same, so that flows which are there already lead to the port of a new process. */
const wantedNumber = 65_000;
/** Ethernet frames inside a VPC carry so much; TCP tells it to the instances. */
const mtu = 1442;

/** On a machine without IPv6 there is none for instances' services either. */
export const hasIpv6 = () => existsSync('/proc/net/if_inet6');
const ipv6Commands = [
  ...Object.values(ipv6ServiceAddresses).map((address) => [
    'ip',
    '-6',
    'address',
    'add',
    `${address}/128`,
    'dev',
    'lo',
  ]),
  ['ip', '-6', 'route', 'add', slotNetworks.ipv6.all, 'dev', insideName, 'src', ipv6ServiceAddresses.dns],
];

const into = (pid: number, ...command: string[]) => ['--net', '-t', String(pid), '--', ...command];

/**
 * Joins br-int with the network namespace of the services' process. Nothing there can meet the host's own addresses, which may
 * be link-local, too, on a machine that is itself in a cloud. No ARP is spoken: flows know every MAC.
 * @throws AgentError `command-failed` or `services-failed`
 */
export async function connectServices(database: OvsDatabase, pid: number, timeoutMs: number): Promise<void> {
  await removePort(database);
  await removeVeth(servicePortName);
  const peer = ['peer', 'name', insideName, 'address', servicesMac, 'mtu', String(mtu), 'netns', String(pid)];
  await run('ip', ['link', 'add', 'name', servicePortName, 'mtu', String(mtu), 'type', 'veth', ...peer]);
  const commands = [
    ['ip', 'link', 'set', 'dev', 'lo', 'up'],
    ...Object.values(serviceAddresses).map((address) => [
      'ip',
      'address',
      'add',
      `${address}/32`,
      'dev',
      'lo',
    ]),
    // Flows know the MACs: nobody on this wire would answer ARP.
    ['ip', 'link', 'set', 'dev', insideName, 'arp', 'off', 'up'],
    ['ip', 'route', 'add', slotNetworks.ipv4.all, 'dev', insideName, 'src', serviceAddresses.dns],
    ...(hasIpv6() ? ipv6Commands : []),
    ['ethtool', '-K', insideName, 'tx', 'off'],
  ];
  for (const command of commands) await run('nsenter', into(pid, ...command));
  await run('ip', ['link', 'set', 'dev', servicePortName, 'up']);
  await addPort(database);
  const found = await database.until((tables) => {
    const { ofport = 0, error } = findInterface(tables, servicePortName) ?? {};
    return ofport > 0 ? 'there' : error;
  }, timeoutMs);
  if (found === 'there') return;
  throw new AgentError(
    'services-failed',
    `Open vSwitch cannot take the port ${servicePortName}: ${found ?? 'no answer'}`,
    {
      value: servicePortName,
      fix: 'Run the agent in the network namespace in which ovs-vswitchd runs.',
    },
  );
}

async function removePort(database: OvsDatabase): Promise<void> {
  const { tables } = database;
  const port = findPort(tables, servicePortName);
  const bridge = findBridge(tables, integrationBridge);
  if (!port || !bridge) return;
  const operation = ops.mutate('Bridge', ops.byUuid(bridge._uuid), [['ports', 'delete', [port._uuid]]]);
  await database.transact(withNextConfiguration(tables, [operation]));
}

async function addPort(database: OvsDatabase): Promise<void> {
  const { tables } = database;
  const bridge = findBridge(tables, integrationBridge);
  if (!bridge) return;
  const [row, interfaceRow] = [ops.namedUuid('services_port'), ops.namedUuid('services_interface')];
  await database.transact(
    withNextConfiguration(tables, [
      ops.insert(
        'Interface',
        { name: servicePortName, ofport_request: wantedNumber, external_ids: { 'weft-services': 'true' } },
        interfaceRow.namedUuid,
      ),
      ops.insert('Port', { name: servicePortName, interfaces: [interfaceRow] }, row.namedUuid),
      ops.mutate('Bridge', ops.byUuid(bridge._uuid), [['ports', 'insert', [row]]]),
    ]),
  );
}
