/** Transactions on the Open_vSwitch database that several tests need. */

import type { OpenVSwitch } from '../index.ts';
import { opsFor } from '../operations/builders.ts';

const ovs = opsFor<OpenVSwitch>();

/** A bridge with one port, added to the root row as the schema wants it. */
export function addBridge(name: string, suffix = '') {
  const named = (kind: string) => ovs.namedUuid(kind + suffix);
  return [
    ovs.insert('Interface', { name: name + suffix }, `interface${suffix}`),
    ovs.insert('Port', { name: name + suffix, interfaces: [named('interface')] }, `port${suffix}`),
    ovs.insert('Bridge', { name, ports: [named('port')] }, `bridge${suffix}`),
    ovs.mutate('Open_vSwitch', [], [['bridges', 'insert', [named('bridge')]]]),
  ] as const;
}

/** Bridges go when the root row does not refer to them any more, and their ports with them. */
export const removeBridges = () => ovs.update('Open_vSwitch', [], { bridges: [] });
