import type { Uuid } from 'ovsdb-client';
import {
  findBridge,
  type InterfaceRow,
  integrationBridge,
  interfacesOf,
  type OvsTables,
} from '../chassis/tables.ts';

/** What hypervisors and container tools set on the port of a VM. */
const interfaceIdKey = 'iface-id';
const ours = /^eni-/;
const wellFormed = /^eni-[0-9a-f]{17}$/;

/** A port that is not reported, and why. */
export interface RefusedPort {
  readonly port: string;
  readonly networkInterfaceId: string;
  readonly reason: string;
}

export interface ScannedPorts {
  /** Network interface → OpenFlow port. */
  readonly ports: ReadonlyMap<string, number>;
  readonly refused: readonly RefusedPort[];
}

/**
 * Finds the ports of br-int that carry network interfaces. Remembers who was first, so that a second port with the
 * same interface id cannot take the traffic of the first one.
 */
export class PortScanner {
  #owners = new Map<string, Uuid>();

  scan(tables: OvsTables): ScannedPorts {
    const claims = claimsOf(tables);
    const rows = new Map(claims.map((row) => [row._uuid, row]));
    for (const [networkInterfaceId, owner] of this.#owners) {
      if (rows.get(owner)?.external_ids.get(interfaceIdKey) !== networkInterfaceId) {
        this.#owners.delete(networkInterfaceId);
      }
    }
    const ports = new Map<string, number>();
    const refused: RefusedPort[] = [];
    // Among several that were there before the agent, the lowest number is the oldest port.
    for (const row of claims.sort((a, b) => (a.ofport as number) - (b.ofport as number))) {
      const networkInterfaceId = row.external_ids.get(interfaceIdKey) as string;
      const reason = this.#claim(networkInterfaceId, row, rows);
      if (reason === undefined) ports.set(networkInterfaceId, row.ofport as number);
      else refused.push({ port: row.name, networkInterfaceId, reason });
    }
    return { ports, refused };
  }

  /** Undefined when the interface is this port's, else why not. */
  #claim(id: string, row: InterfaceRow, rows: ReadonlyMap<Uuid, InterfaceRow>): string | undefined {
    if (!wellFormed.test(id)) return 'the id is not eni- and 17 hex digits';
    const owner = this.#owners.get(id);
    if (owner === undefined) this.#owners.set(id, row._uuid);
    return owner === undefined || owner === row._uuid
      ? undefined
      : `port ${rows.get(owner)?.name} has this interface already`;
  }
}

/** What hypervisors tell of the machine behind a port, besides its interface. */
const macKey = 'attached-mac';

/** The machines behind the ports of br-int whose MAC is told. */
export function* machinesOf(tables: OvsTables): Iterable<{ readonly ofport: number; readonly mac: bigint }> {
  for (const row of claimsOf(tables)) {
    const mac = row.external_ids.get(macKey);
    if (mac === undefined || !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) continue;
    yield { ofport: row.ofport as number, mac: BigInt(`0x${mac.replaceAll(':', '')}`) };
  }
}

/** The ports of br-int that claim a network interface and that Open vSwitch has made. */
function claimsOf(tables: OvsTables): InterfaceRow[] {
  const bridge = findBridge(tables, integrationBridge);
  return bridge ? [...interfacesOf(tables, bridge)].filter(isClaim) : [];
}

/** A number above 0: Open vSwitch has made the port. */
function isClaim(row: InterfaceRow): boolean {
  return ours.test(row.external_ids.get(interfaceIdKey) ?? '') && row.ofport !== undefined && row.ofport > 0;
}
