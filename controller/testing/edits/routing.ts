import type { Editor } from '../editor.ts';
import type { Edit } from './edit.ts';

/** An elastic IP that nobody has, if there is one. */
const freeElasticIp = (editor: Editor, first: number) =>
  editor.all('elastic-ip', first).find(({ spec }) => spec.networkInterfaceId === undefined);

const aclEntry = (a: number, b: number) => ({
  number: 100 + (b % 3),
  direction: a % 2 ? 'ingress' : 'egress',
  action: b % 2 ? 'allow' : 'deny',
  protocol: (['all', 'tcp', 'udp', 'icmp', 47] as const)[a % 5],
  cidrIpv4: ['0.0.0.0/0', '10.0.1.0/24'][b % 2],
});

/** Of the ways that packets go: gateways, routes, network ACLs, elastic IPs, NAT gateways. */
export const routingEdits = {
  createGateway: (editor, a) =>
    editor.world.create('internet-gateway', {
      vpcId: editor.pick('vpc', a)?.id,
      externalNetworkId: editor.pick('external-network', a)?.id,
    }),
  moveGateway: (editor, a, b) => {
    const gateway = editor.pick('internet-gateway', a);
    if (!gateway) return undefined;
    const vpcId = gateway.spec.vpcId ? null : editor.pick('vpc', b)?.id;
    return editor.world.update('internet-gateway', gateway.id, { vpcId });
  },
  setRoutes: (editor, a, b, c) => {
    const table = editor.pick('route-table', a);
    const targets = [editor.pick('internet-gateway', b)?.id, editor.pick('vpc-peering-connection', b)?.id];
    const target = targets[c % 2] ?? targets[0] ?? targets[1];
    const list = editor.pick('prefix-list', a);
    const routes =
      c % 3
        ? [
            { destination: '0.0.0.0/0', target },
            { destination: '192.0.2.0/24', target: 'blackhole' },
            {
              destinationIpv6: '::/0',
              target: (c % 2 ? editor.pick('egress-only-internet-gateway', b)?.id : target) ?? target,
            },
            { destinationIpv6: '2001:db8:2::/48', target: 'blackhole' },
            ...(list && c % 4 ? [{ destination: list.id, target }] : []),
          ]
        : [];
    return table && editor.world.update('route-table', table.id, { routes });
  },
  createTable: (editor, a) => editor.world.create('route-table', { vpcId: editor.pick('vpc', a)?.id }),
  setMainTable: (editor, a) => {
    const table = editor.pick('route-table', a);
    return table && editor.world.update('vpc', table.spec.vpcId, { mainRouteTableId: table.id });
  },
  setTable: (editor, a, b) => {
    const subnet = editor.pick('subnet', a);
    const routeTableId = b % 3 ? editor.pick('route-table', b)?.id : null;
    return subnet && editor.world.update('subnet', subnet.id, { routeTableId });
  },
  createAcl: (editor, a, b) =>
    editor.world.create('network-acl', {
      vpcId: editor.pick('vpc', a)?.id,
      ...(b % 2 ? { entries: [aclEntry(a, b)] } : {}),
    }),
  setEntries: (editor, a, b, c) => {
    const acl = editor.pick('network-acl', a);
    const entries = c % 4 ? [aclEntry(a, b), { ...aclEntry(b, c), number: 200 }] : [];
    return acl && editor.world.update('network-acl', acl.id, { entries });
  },
  setAcl: (editor, a, b) => {
    const subnet = editor.pick('subnet', a);
    const networkAclId = b % 3 ? editor.pick('network-acl', b)?.id : null;
    return subnet && editor.world.update('subnet', subnet.id, { networkAclId });
  },
  createElasticIp: (editor, a, b, c) =>
    editor.world.create('elastic-ip', {
      externalNetworkId: editor.pick('external-network', b)?.id,
      ...(c % 4 === 3 ? {} : { networkInterfaceId: editor.pick('network-interface', a)?.id }),
    }),
  associate: (editor, a, b) => {
    const elasticIp = editor.pick('elastic-ip', a);
    const networkInterfaceId = b % 3 ? editor.pick('network-interface', b)?.id : null;
    return elasticIp && editor.world.update('elastic-ip', elasticIp.id, { networkInterfaceId });
  },
  /** Private ones, or public ones with an elastic IP that is free; both in any subnet. */
  createNatGateway: (editor, a, b) =>
    editor.world.create('nat-gateway', {
      subnetId: editor.pick('subnet', a)?.id,
      ...(b % 3 ? { elasticIpId: freeElasticIp(editor, b)?.id } : { connectivity: 'private' }),
    }),
  routeToNat: (editor, a, b) => {
    const gateway = editor.pick('nat-gateway', a);
    const tables = editor.all('route-table', b).filter(({ spec }) => spec.vpcId === gateway?.spec.vpcId);
    const routes = [{ destination: '0.0.0.0/0', target: gateway?.id }];
    return tables[0] && editor.world.update('route-table', tables[0].id, { routes });
  },
} as const satisfies Record<string, Edit>;
