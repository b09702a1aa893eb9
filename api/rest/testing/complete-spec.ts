import type { Caller, Controller } from '@weft/controller';
import { type KindName, newId, type ResourceOf, WeftError } from '@weft/controller/resources';

interface Completed {
  readonly spec: Record<string, unknown>;
  readonly status: Record<string, unknown>;
  /** Chosen already where resources that come along name it. */
  readonly id?: string;
  /** Resources that come along. */
  readonly alongside: readonly { kind: KindName; id: string; spec: Record<string, unknown> }[];
}

/** Fills in what a real controller would choose, just enough for answers to have the shape that the schemas promise. */
export function completeSpec(
  controller: Pick<Controller, 'list' | 'read' | 'revision'>,
  kind: KindName,
  spec: Record<string, unknown>,
  caller: Caller,
): Completed {
  const done = (filled: Record<string, unknown>, status: Record<string, unknown> = {}): Completed => ({
    spec: { ...spec, ...filled },
    status,
    alongside: [],
  });
  switch (kind) {
    case 'vpc':
      return completeVpc(spec);
    case 'subnet':
      return done({ zone: spec.zone ?? 'a', vpcId: known(controller, 'vpc', spec.vpcId, caller).id });
    case 'route-table':
      return done({ routes: spec.routes ?? [] });
    case 'security-group-rule':
      return done({}, { matchIds: [] });
    case 'elastic-ip':
    case 'internet-gateway': {
      const network = spec.externalNetworkId ?? first(controller, 'external-network', caller).id;
      const address = kind === 'elastic-ip' ? { address: spec.address ?? '203.0.113.10' } : {};
      return done({ externalNetworkId: network, ...address });
    }
    case 'nat-gateway': {
      const { vpcId } = known(controller, 'subnet', spec.subnetId, caller).spec;
      return done({ vpcId, privateAddress: '10.0.0.9', connectivity: spec.connectivity ?? 'public' });
    }
    case 'network-interface': {
      const subnet = known(controller, 'subnet', spec.subnetId, caller);
      const filled = {
        vpcId: subnet.spec.vpcId,
        privateAddress: spec.privateAddress ?? `10.0.0.${4 + (controller.revision % 200)}`,
        macAddress: spec.macAddress ?? '02:57:00:00:00:01',
        securityGroupIds: spec.securityGroupIds ?? [newId('sg')],
      };
      return done(filled, { identityId: 'sg' });
    }
    case 'instance': {
      const { subnetId, securityGroupIds, privateAddress, ...rest } = spec;
      const hostId = spec.hostId ?? first(controller, 'host', caller).id;
      if (subnetId !== undefined) known(controller, 'subnet', subnetId, caller);
      const filled = { ...rest, hostId, networkInterfaceIds: spec.networkInterfaceIds ?? [newId('eni')] };
      return { spec: filled, status: { state: 'pending' }, alongside: [] };
    }
    default:
      return done({});
  }
}

function completeVpc(spec: Record<string, unknown>): Completed {
  const [vpcId, groupId] = [newId('vpc'), newId('sg')];
  const [tableId, aclId] = [newId('rtb'), newId('acl')];
  return {
    id: vpcId,
    spec: {
      ...spec,
      defaultSecurityGroupId: groupId,
      mainRouteTableId: tableId,
      defaultNetworkAclId: aclId,
    },
    status: {},
    alongside: [
      { kind: 'security-group', id: groupId, spec: { vpcId, name: 'default' } },
      { kind: 'route-table', id: tableId, spec: { vpcId, routes: [] } },
      { kind: 'network-acl', id: aclId, spec: { vpcId, entries: [] } },
    ],
  };
}

function known<K extends KindName>(
  controller: Pick<Controller, 'read'>,
  kind: K,
  id: unknown,
  caller: Caller,
): ResourceOf<K> {
  try {
    return controller.read(kind, String(id), caller);
  } catch {
    throw new WeftError('unknown-reference', `there is no ${kind} ${id}`, {
      field: `spec.${kind}Id`,
      value: id,
    });
  }
}

function first<K extends KindName>(
  controller: Pick<Controller, 'list'>,
  kind: K,
  caller: Caller,
): ResourceOf<K> {
  for (const resource of controller.list(kind, caller)) return resource;
  throw new WeftError('no-host', `there is no ${kind}`);
}
