import type { KindName } from '../../resources/index.ts';
import { dualStackNetworkSpec, externalNetworkSpec } from '../scene.ts';
import type { Edit } from './edit.ts';

/** What may be removed at any time; the operations refuse what is in use. */
const removable: readonly KindName[] = [
  'security-group-rule',
  'network-interface',
  'elastic-ip',
  'nat-gateway',
  'subnet',
  'security-group',
  'route-table',
  'network-acl',
  'vpc-peering-connection',
  'prefix-list',
  'internet-gateway',
  'egress-only-internet-gateway',
  'instance',
  'vpc',
  'dhcp-options',
];

/** Of hosts, instances and networks outside, and the removal of anything. */
export const operatingEdits = {
  /** A host falls silent, or is heard again. */
  changeHostState: (editor, a) => {
    const host = editor.pick('host', a);
    const state = host?.status.state === 'up' ? 'down' : 'up';
    return host && editor.world.run((draft) => draft.update(host, { status: { state } }));
  },
  tagInstance: (editor, a, b) => {
    const instance = editor.pick('instance', a);
    return instance && editor.world.run((draft) => draft.update(instance, { tags: { Name: `n${b % 3}` } }));
  },
  /** An interface goes to an instance, or away from it. */
  moveInterface: (editor, a, b) => {
    const port = editor.pick('network-interface', a);
    const instanceId = b % 2 ? null : editor.pick('instance', b)?.id;
    return port && editor.world.update('network-interface', port.id, { instanceId });
  },
  createInstance: (editor, a, b) => {
    const port = editor.pick('network-interface', b);
    const own = { subnetId: editor.pick('subnet', a)?.id };
    const spec = b % 2 && port ? { networkInterfaceIds: [port.id] } : own;
    return editor.world.create('instance', spec);
  },
  /** An external network goes and comes; hosts name their ports to it by name, so these outlast it. */
  createExternalNetwork: ({ world }, a) =>
    world.create('external-network', {
      ...(a % 3 ? externalNetworkSpec : dualStackNetworkSpec),
      name: ['external', 'office'][a % 2],
    }),
  setNetworkIpv6: (editor, a, b) => {
    const network = editor.pick('external-network', a);
    const ipv6CidrBlock = b % 2 ? '2001:db8::/54' : '2001:db8:1::/54';
    const change = { ipv6CidrBlock, ipv6Gateway: b % 3 ? 'fe80::1' : 'fe80::2' };
    return network && editor.world.update('external-network', network.id, change);
  },
  removeExternalNetwork: (editor, a) => {
    const network = editor.pick('external-network', a);
    return network && editor.world.remove('external-network', network.id);
  },
  /** The agent registers again: with another tunnel address, another tunnel port, or other external ports. */
  changeHost: (editor, a, b, c) => {
    const host = editor.pick('host', a);
    const changes = [
      { tunnelAddress: `198.18.${1 + (c % 3)}.${a % 3}` },
      c % 4 < 2 ? { tunnelPort: 1 + 5 * (c % 2) } : { servicePort: 65000 + (c % 2) },
      { externalPorts: c % 3 ? { external: 2, office: 3 + (c % 2) } : { external: 5 } },
    ];
    const change = { ...host?.spec, ...changes[b % 3] } as never;
    return host && editor.world.run((draft) => draft.update(host, { spec: change }));
  },
  /** A host goes for good, or comes back. */
  toggleHost: (editor, a) => {
    const index = 1 + (a % 3);
    return editor.world.topology.get('host', `host-${index}`)
      ? editor.world.remove('host', `host-${index}`)
      : editor.world.host(index, { externalPorts: { external: 2, office: 3 }, servicePort: 65000 });
  },
  /** What housekeeping does with a set of groups that was unused for long. */
  removeIdentity: (editor, a) => {
    const { topology } = editor.world;
    const unused = editor
      .all('identity', a)
      .find((identity) => topology.countReferrers(identity, 'in-identity', 'network-interface') === 0);
    return unused && editor.world.run((draft) => draft.remove(unused));
  },
  /** Something that can go: what is in use is refused. */
  remove: async (editor, a, b) => {
    const kind = removable[b % removable.length] as KindName;
    let refusal: unknown;
    for (const { id } of editor.all(kind, a)) {
      try {
        return await editor.world.remove(kind, id);
      } catch (error) {
        refusal = error;
      }
    }
    if (refusal) throw refusal;
  },
} as const satisfies Record<string, Edit>;
