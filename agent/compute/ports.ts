import { type OpenVSwitch, type Operation, opsFor } from 'ovsdb-client';
import type { OvsDatabase } from '../chassis/database.ts';
import { withNextConfiguration } from '../chassis/plan.ts';
import {
  findBridge,
  findPort,
  type InterfaceRow,
  integrationBridge,
  type OvsTables,
} from '../chassis/tables.ts';

const ops = opsFor<OpenVSwitch>();
/** Marks the ports of instances that this agent started. */
const instanceKey = 'weft-instance';

export interface InstancePort {
  /** Name of the device. */
  readonly name: string;
  readonly instanceId: string;
  readonly networkInterfaceId: string;
  readonly mac: string;
}

/** The ports of instances in the database: they outlive agent, ovs-vswitchd and the machine's start. */
export class InstancePorts {
  #database: OvsDatabase;
  constructor(database: OvsDatabase) {
    this.#database = database;
  }

  /** Instances that have ports here. */
  instances(): Set<string> {
    const ids = [...this.#database.tables.interfaces.values()].flatMap(
      ({ external_ids }) => external_ids.get(instanceKey) ?? [],
    );
    return new Set(ids);
  }

  /** Names of the devices of an instance. */
  devicesOf(instanceId: string): string[] {
    return [...this.#database.tables.interfaces.values()]
      .filter((row) => isPortOf(row, instanceId))
      .map(({ name }) => name);
  }

  has(name: string): boolean {
    return findPort(this.#database.tables, name) !== undefined;
  }

  /** Makes the device a port of br-int. */
  async add(port: InstancePort): Promise<void> {
    const { tables } = this.#database;
    await this.#database.transact(withNextConfiguration(tables, insertPort(tables, port)));
  }

  /** Takes the devices off their bridges; absent ones are no error. */
  async remove(names: readonly string[]): Promise<void> {
    const { tables } = this.#database;
    await this.#database.transact(withNextConfiguration(tables, deletePorts(tables, names)));
  }
}

function insertPort(tables: OvsTables, port: InstancePort): Operation<OpenVSwitch>[] {
  const bridge = findBridge(tables, integrationBridge);
  if (!bridge) return [];
  const row = ops.namedUuid('instance_port');
  const interfaceRow = ops.namedUuid('instance_interface');
  const externalIds = {
    'iface-id': port.networkInterfaceId,
    'attached-mac': port.mac,
    [instanceKey]: port.instanceId,
  };
  return [
    ops.insert('Interface', { name: port.name, external_ids: externalIds }, interfaceRow.namedUuid),
    ops.insert('Port', { name: port.name, interfaces: [interfaceRow] }, row.namedUuid),
    ops.mutate('Bridge', ops.byUuid(bridge._uuid), [['ports', 'insert', [row]]]),
  ];
}

function deletePorts(tables: OvsTables, names: readonly string[]): Operation<OpenVSwitch>[] {
  return names.flatMap((name) => {
    const port = findPort(tables, name);
    if (!port) return [];
    return [...tables.bridges.values()]
      .filter(({ ports }) => ports.includes(port._uuid))
      .map((bridge) => ops.mutate('Bridge', ops.byUuid(bridge._uuid), [['ports', 'delete', [port._uuid]]]));
  });
}

const isPortOf = (row: InterfaceRow, instanceId: string) => row.external_ids.get(instanceKey) === instanceId;
