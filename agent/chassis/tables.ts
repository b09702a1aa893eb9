import type { MonitorRequest, OpenVSwitch, Uuid } from 'ovsdb-client';

/** The part of the database that the agent looks at. Counters are left out: they change every five seconds. */
export const monitored = {
  Open_vSwitch: { columns: ['bridges', 'next_cfg', 'cur_cfg', 'datapath_types'] },
  Bridge: {
    columns: [
      'name',
      'ports',
      'fail_mode',
      'protocols',
      'datapath_type',
      'datapath_id',
      'other_config',
      'external_ids',
      'controller',
    ],
  },
  Port: { columns: ['name', 'interfaces', 'external_ids'] },
  Interface: { columns: ['name', 'type', 'options', 'external_ids', 'ofport', 'error'] },
  Controller: { columns: ['target', 'max_backoff', 'inactivity_probe', 'connection_mode'] },
} as const satisfies MonitorRequest<OpenVSwitch>;

type Monitored = typeof monitored;
type Columns<T extends keyof Monitored> = Monitored[T]['columns'][number] | '_uuid';
type RowOf<T extends keyof Monitored> = Pick<OpenVSwitch[T], Columns<T> & keyof OpenVSwitch[T]>;
export type RootRow = RowOf<'Open_vSwitch'>;
export type BridgeRow = RowOf<'Bridge'>;
export type PortRow = RowOf<'Port'>;
export type InterfaceRow = RowOf<'Interface'>;
export type ControllerRow = RowOf<'Controller'>;

/** One state of the database, as the agent sees it. */
export interface OvsTables {
  /** The one row of Open_vSwitch; absent in a database that was never initialized. */
  readonly root: RootRow | undefined;
  readonly bridges: ReadonlyMap<Uuid, BridgeRow>;
  readonly ports: ReadonlyMap<Uuid, PortRow>;
  readonly interfaces: ReadonlyMap<Uuid, InterfaceRow>;
  readonly controllers: ReadonlyMap<Uuid, ControllerRow>;
}

/** The bridge that all instances are on. Tools that attach VMs know it by this name. */
export const integrationBridge = 'br-int';

export function findBridge(tables: OvsTables, name: string): BridgeRow | undefined {
  return [...tables.bridges.values()].find((bridge) => bridge.name === name);
}

export function findPort(tables: OvsTables, name: string): PortRow | undefined {
  return [...tables.ports.values()].find((port) => port.name === name);
}

export function findInterface(tables: OvsTables, name: string): InterfaceRow | undefined {
  return [...tables.interfaces.values()].find((row) => row.name === name);
}

/** The interfaces of all ports of a bridge. */
export function* interfacesOf(tables: OvsTables, bridge: BridgeRow): Generator<InterfaceRow> {
  for (const portId of bridge.ports) {
    for (const interfaceId of tables.ports.get(portId)?.interfaces ?? []) {
      const row = tables.interfaces.get(interfaceId);
      if (row) yield row;
    }
  }
}
