import { randomUUID } from 'node:crypto';
import { type Uuid, uuid } from 'ovsdb-client';
import type { BridgeRow, ControllerRow, InterfaceRow, OvsTables, PortRow } from '../chassis/tables.ts';

const newUuid = (): Uuid => uuid(randomUUID());

export interface PortFacts {
  readonly bridge: string;
  readonly name: string;
  readonly type?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly externalIds?: Readonly<Record<string, string>>;
  readonly ofport?: number;
  readonly error?: string;
}

/** A database made of plain rows, for code that only looks. */
export class FakeTables implements OvsTables {
  readonly root = {
    _uuid: newUuid(),
    bridges: [] as Uuid[],
    next_cfg: 1,
    cur_cfg: 1,
    datapath_types: ['netdev', 'system'],
  };
  readonly bridges = new Map<Uuid, BridgeRow>();
  readonly ports = new Map<Uuid, PortRow>();
  readonly interfaces = new Map<Uuid, InterfaceRow>();
  readonly controllers = new Map<Uuid, ControllerRow>();

  addBridge(name: string, settings: Partial<Omit<BridgeRow, '_uuid' | 'name'>> = {}): this {
    const row: BridgeRow = {
      _uuid: newUuid(),
      name,
      ports: [],
      fail_mode: undefined,
      protocols: [],
      datapath_type: 'netdev',
      datapath_id: undefined,
      other_config: new Map(),
      external_ids: new Map(),
      controller: [],
      ...settings,
    };
    this.bridges.set(row._uuid, row);
    return this;
  }

  addPort({ bridge, name, ...facts }: PortFacts): this {
    const external_ids = new Map(Object.entries(facts.externalIds ?? {}));
    const interfaceRow: InterfaceRow = {
      _uuid: newUuid(),
      name,
      type: facts.type ?? '',
      options: new Map(Object.entries(facts.options ?? {})),
      external_ids,
      ofport: facts.ofport,
      error: facts.error,
    };
    const port: PortRow = { _uuid: newUuid(), name, interfaces: [interfaceRow._uuid], external_ids };
    this.interfaces.set(interfaceRow._uuid, interfaceRow);
    this.ports.set(port._uuid, port);
    this.change(bridge, (row) => ({ ports: [...row.ports, port._uuid] }));
    return this;
  }

  removePort(name: string): this {
    const port = [...this.ports.values()].find((row) => row.name === name);
    if (!port) throw new Error(`no port ${name}`);
    for (const { name: bridge } of this.bridges.values()) {
      this.change(bridge, (row) => ({ ports: row.ports.filter((id) => id !== port._uuid) }));
    }
    return this;
  }

  addController(bridge: string, target: string, settings: Partial<ControllerRow> = {}): this {
    const row: ControllerRow = {
      _uuid: newUuid(),
      target,
      max_backoff: 1000,
      inactivity_probe: 5000,
      connection_mode: 'out-of-band',
      ...settings,
    };
    this.controllers.set(row._uuid, row);
    return this.change(bridge, ({ controller }) => ({ controller: [...controller, row._uuid] }));
  }

  change(bridge: string, changes: (row: BridgeRow) => Partial<BridgeRow>): this {
    for (const [id, row] of this.bridges)
      if (row.name === bridge) this.bridges.set(id, { ...row, ...changes(row) });
    return this;
  }
}
