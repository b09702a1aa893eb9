import {
  type Input,
  type NamedUuid,
  type OpenVSwitch,
  type Operation,
  opsFor,
  type Uuid,
} from 'ovsdb-client';
import { AgentError } from '../errors.ts';
import {
  type BridgeRow,
  findBridge,
  findInterface,
  findPort,
  integrationBridge,
  type OvsTables,
  type PortRow,
} from './tables.ts';
import { ownership, type WantedChassis, type WantedPort, wantedPorts } from './wanted.ts';

const ops = opsFor<OpenVSwitch>();
type Operations = Operation<OpenVSwitch>[];

/**
 * The operations, for one transaction, that lead from the present state to the wanted one; none when all is as
 * wanted. Settings of others are kept.
 * @throws AgentError `port-failed` or `bridge-missing`, when somebody else's rows are in the way
 */
export function planChassis(tables: OvsTables, wanted: WantedChassis): Operations {
  const bridge = findBridge(tables, integrationBridge);
  const ports = wantedPorts(wanted);
  const operations = [
    ...(bridge ? correctBridge(bridge, wanted) : createBridge(tables, wanted)),
    ...ports.flatMap((port) =>
      findPort(tables, port.name) ? correctPort(tables, port) : createPort(tables, port),
    ),
    ...removeStalePorts(tables, new Set(ports.map(({ name }) => name))),
  ];
  return withNextConfiguration(tables, operations);
}

/** Tells ovs-vswitchd that there is something new; it answers in `cur_cfg` when it is done. */
export function withNextConfiguration(tables: OvsTables, operations: Operations): Operations {
  if (operations.length === 0 || !tables.root) return operations;
  return [...operations, ops.mutate('Open_vSwitch', ops.byUuid(tables.root._uuid), [['next_cfg', '+=', 1]])];
}

/** Needed both in the kernel and in ovs-vswitchd; otherwise packets are switched in user space. */
function datapathType(tables: OvsTables, wanted: WantedChassis): string {
  return wanted.kernelModule && tables.root?.datapath_types.includes('system') ? 'system' : 'netdev';
}

const newBridge = ops.namedUuid('integration_bridge');

function createBridge(tables: OvsTables, wanted: WantedChassis): Operations {
  if (!tables.root) {
    throw new AgentError('vswitchd-down', 'the Open vSwitch database was never initialized', {
      fix: 'Start ovs-vswitchd, or run: ovs-vsctl --no-wait init.',
    });
  }
  const local = ops.namedUuid('local_port');
  const localInterface = ops.namedUuid('local_interface');
  return [
    ops.insert('Interface', { name: integrationBridge, type: 'internal' }, localInterface.namedUuid),
    ops.insert('Port', { name: integrationBridge, interfaces: [localInterface] }, local.namedUuid),
    ops.insert(
      'Bridge',
      {
        name: integrationBridge,
        ports: [local],
        fail_mode: 'secure',
        protocols: ['OpenFlow15'],
        datapath_type: datapathType(tables, wanted),
        other_config: { 'disable-in-band': 'true', 'datapath-id': wanted.newDatapathId },
        external_ids: ownership,
      },
      newBridge.namedUuid,
    ),
    ops.mutate('Open_vSwitch', ops.byUuid(tables.root._uuid), [['bridges', 'insert', [newBridge]]]),
  ];
}

function correctBridge(bridge: BridgeRow, wanted: WantedChassis): Operations {
  const where = ops.byUuid(bridge._uuid);
  const operations: Operations = [];
  if (bridge.fail_mode !== 'secure') operations.push(ops.update('Bridge', where, { fail_mode: 'secure' }));
  if (!bridge.protocols.includes('OpenFlow15')) {
    const protocols = [...bridge.protocols, 'OpenFlow15'] as const;
    operations.push(ops.update('Bridge', where, { protocols }));
  }
  // A type that works is kept: another one would take all ports down for a moment.
  if (bridge.datapath_type !== 'netdev' && !wanted.kernelModule) {
    operations.push(ops.update('Bridge', where, { datapath_type: 'netdev' }));
  }
  // Without a fixed id Open vSwitch derives it from the ports, and every new one may change it.
  const datapathId = bridge.other_config.get('datapath-id') ?? bridge.datapath_id ?? wanted.newDatapathId;
  const otherConfig = merged(bridge.other_config, { 'disable-in-band': 'true', 'datapath-id': datapathId });
  if (otherConfig) operations.push(ops.update('Bridge', where, { other_config: otherConfig }));
  return operations;
}

function createPort(tables: OvsTables, port: WantedPort): Operations {
  const row = ops.namedUuid(`port_${port.name.replaceAll(/\W/g, '_')}`);
  const interfaceRow = ops.namedUuid(`interface_${port.name.replaceAll(/\W/g, '_')}`);
  return [
    ops.insert(
      'Interface',
      { name: port.name, type: port.type, options: port.options, external_ids: port.externalIds },
      interfaceRow.namedUuid,
    ),
    ops.insert(
      'Port',
      { name: port.name, interfaces: [interfaceRow], external_ids: port.externalIds },
      row.namedUuid,
    ),
    addToBridge(tables, port.bridge, row),
  ];
}

function correctPort(tables: OvsTables, port: WantedPort): Operations {
  const row = findPort(tables, port.name) as PortRow;
  const interfaceRow = findInterface(tables, port.name);
  if (row.external_ids.get('owner') !== ownership.owner || !interfaceRow) {
    throw new AgentError('port-failed', `Open vSwitch has a port ${port.name} that is not the agent's`, {
      value: port.name,
      fix: `Remove or rename it: ovs-vsctl del-port ${port.name}.`,
    });
  }
  const where = ops.byUuid(interfaceRow._uuid);
  const options = merged(interfaceRow.options, port.options);
  const externalIds = merged(interfaceRow.external_ids, port.externalIds);
  return [
    ...moveToBridge(tables, row, port.bridge),
    ...(interfaceRow.type === port.type ? [] : [ops.update('Interface', where, { type: port.type })]),
    ...(options ? [ops.update('Interface', where, { options })] : []),
    ...(externalIds ? [ops.update('Interface', where, { external_ids: externalIds })] : []),
  ];
}

function moveToBridge(tables: OvsTables, port: PortRow, bridgeName: string): Operations {
  const holders = [...tables.bridges.values()].filter(({ ports }) => ports.includes(port._uuid));
  if (holders.some(({ name }) => name === bridgeName)) return [];
  return [
    ...holders.map((holder) => removeFromBridge(holder, port._uuid)),
    addToBridge(tables, bridgeName, port._uuid),
  ];
}

function removeStalePorts(tables: OvsTables, wanted: ReadonlySet<string>): Operations {
  const stale = [...tables.ports.values()].filter(
    ({ name, external_ids }) => external_ids.get('owner') === ownership.owner && !wanted.has(name),
  );
  return [...tables.bridges.values()].flatMap((bridge) =>
    stale
      .filter(({ _uuid }) => bridge.ports.includes(_uuid))
      .map(({ _uuid }) => removeFromBridge(bridge, _uuid)),
  );
}

function addToBridge(tables: OvsTables, bridgeName: string, port: Input<Uuid>): Operation<OpenVSwitch> {
  const bridge = findBridge(tables, bridgeName);
  const bridgeId: Uuid | NamedUuid | undefined =
    bridge?._uuid ?? (bridgeName === integrationBridge ? newBridge : undefined);
  if (!bridgeId) throw bridgeMissing(tables, bridgeName);
  return ops.mutate('Bridge', [['_uuid', '==', bridgeId]], [['ports', 'insert', [port]]]);
}

function removeFromBridge(bridge: BridgeRow, port: Uuid): Operation<OpenVSwitch> {
  return ops.mutate('Bridge', ops.byUuid(bridge._uuid), [['ports', 'delete', [port]]]);
}

/** The bridge of a mapping does not exist. */
export function bridgeMissing(tables: OvsTables, bridge: string): AgentError {
  const present = [...tables.bridges.values()].map(({ name }) => name).join(', ') || 'none';
  return new AgentError('bridge-missing', `there is no bridge ${bridge} (bridges here: ${present})`, {
    value: bridge,
    fix: `Make it (ovs-vsctl add-br ${bridge}, then add the network card to it), or correct --bridge-mapping.`,
  });
}

/** The map with the wanted pairs; undefined when it has them already. */
function merged(
  present: ReadonlyMap<string, string>,
  wanted: Readonly<Record<string, string>>,
): Map<string, string> | undefined {
  const differs = Object.entries(wanted).some(([key, value]) => present.get(key) !== value);
  return differs ? new Map([...present, ...Object.entries(wanted)]) : undefined;
}
