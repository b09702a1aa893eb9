import { AgentError } from '../errors.ts';
import type { BridgeMapping } from '../options.ts';
import { findBridge, findInterface, integrationBridge, type OvsTables } from './tables.ts';
import { patchNames, servicePortName, tunnelPortName } from './wanted.ts';

/** What Open vSwitch decided about this host and the controller has to know. */
export interface ChassisFacts {
  /** 16 hex digits. */
  readonly datapathId: string;
  /** OpenFlow port of the tunnel. */
  readonly tunnelPort: number;
  /** OpenFlow port of the services for instances; absent while there are none. */
  readonly servicePort?: number;
  /** Name of the external network → OpenFlow port of its patch on br-int. */
  readonly externalPorts: Readonly<Record<string, number>>;
}

/**
 * The facts; undefined while some are not decided yet.
 * @throws AgentError `port-failed` when Open vSwitch says that it cannot make one of the ports
 */
export function readFacts(tables: OvsTables, mappings: readonly BridgeMapping[]): ChassisFacts | undefined {
  const datapathId = findBridge(tables, integrationBridge)?.datapath_id;
  const tunnelPort = portNumber(tables, tunnelPortName);
  const externalPorts: Record<string, number> = {};
  let complete = true;
  for (const { network } of mappings) {
    const port = portNumber(tables, patchNames(network).inside);
    if (port === undefined) complete = false;
    else externalPorts[network] = port;
  }
  if (datapathId === undefined || tunnelPort === undefined || !complete) return undefined;
  // Without its services a host does everything else: a port that failed is told by those who made it.
  const services = findInterface(tables, servicePortName)?.ofport ?? 0;
  return { datapathId, tunnelPort, externalPorts, ...(services > 0 ? { servicePort: services } : {}) };
}

function portNumber(tables: OvsTables, name: string): number | undefined {
  const row = findInterface(tables, name);
  if (row?.ofport !== undefined && row.ofport > 0) return row.ofport;
  if (row?.ofport === undefined) return undefined;
  throw new AgentError(
    'port-failed',
    `Open vSwitch cannot make the port ${name}: ${row.error ?? 'no reason given'}`,
    {
      value: name,
      fix: 'Look at the log of ovs-vswitchd; another tunnel port with the same addresses is in the way most often.',
    },
  );
}

/** True when both say the same to the controller. */
export function sameFacts(a: ChassisFacts, b: ChassisFacts): boolean {
  return (
    a.datapathId === b.datapathId &&
    a.tunnelPort === b.tunnelPort &&
    a.servicePort === b.servicePort &&
    Object.keys(a.externalPorts).length === Object.keys(b.externalPorts).length &&
    Object.entries(a.externalPorts).every(([network, port]) => b.externalPorts[network] === port)
  );
}
