import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ip } from '../../controller/reference/index.ts';
import type { KindName } from '../../controller/resources/index.ts';
import type { Effect } from './fabric/observation.ts';
import { Rig } from './rig.ts';
import type { ScriptStep, Spec } from './script.ts';

const target = '10.0.1.10';
const gatewayAddress = '10.0.1.9';
const create = (kind: KindName, name: string, spec: Spec): ScriptStep => ({ do: 'create', kind, name, spec });
const bind = (one: string, port: number): ScriptStep => ({ do: 'bind', interface: one, host: 'host1', port });

/** Two clients behind a private NAT gateway, and a target beside it that takes everything. */
const network: readonly ScriptStep[] = [
  { do: 'host', name: 'host1', number: 1 },
  create('vpc', 'vpc1', { cidrBlock: '10.0.0.0/16' }),
  create('subnet', 'beside', { vpcId: '@vpc1', cidrBlock: '10.0.1.0/24' }),
  create('route-table', 'table1', { vpcId: '@vpc1' }),
  create('subnet', 'behind', { vpcId: '@vpc1', cidrBlock: '10.0.2.0/24', routeTableId: '@table1' }),
  create('security-group-rule', 'rule1', {
    groupId: '@vpc1.default',
    direction: 'ingress',
    protocol: 'all',
    cidrIpv4: '0.0.0.0/0',
  }),
  create('network-interface', 'target1', { subnetId: '@beside', privateAddress: target }),
  create('network-interface', 'client1', { subnetId: '@behind', privateAddress: '10.0.2.11' }),
  create('network-interface', 'client2', { subnetId: '@behind', privateAddress: '10.0.2.12' }),
  create('nat-gateway', 'nat1', {
    subnetId: '@beside',
    connectivity: 'private',
    privateAddress: gatewayAddress,
  }),
  {
    do: 'update',
    kind: 'route-table',
    name: 'table1',
    spec: { routes: [{ destination: `${target}/32`, target: '@nat1' }] },
  },
  bind('target1', 11),
  bind('client1', 12),
  bind('client2', 13),
];

/** What switches do, which the model leaves open: it depends on the datapath. */
describe('source ports of a NAT gateway', () => {
  const clients = { client1: '10.0.2.11', client2: '10.0.2.12' } as const;

  async function rigWithNetwork(): Promise<Rig> {
    const rig = await Rig.create();
    for (const step of network) assert.equal((await rig.run(step)).type, 'edited', JSON.stringify(step));
    return rig;
  }

  const send = (rig: Rig, client: keyof typeof clients, payload: Ip['payload']) => {
    const source = clients[client];
    const content: Ip = { protocol: 'ipv4', source, destination: target, timeToLive: 64, payload };
    const frame = { source: `@${client}`, destination: '@behind', content };
    return rig.fabric.send(rig.packetOf({ do: 'send', from: client, frame }));
  };
  const arrived = (effects: readonly Effect[]) =>
    effects.map((effect) => (effect.type === 'delivered' ? (effect.frame.content as Ip) : effect.type));

  it('are others when two clients choose the same', async () => {
    await using rig = await rigWithNetwork();
    const udp = { protocol: 'udp', sourcePort: 5000, destinationPort: 53 } as const;
    const [first] = arrived(send(rig, 'client1', udp).effects) as Ip[];
    const [second] = arrived(send(rig, 'client2', udp).effects) as Ip[];
    assert.deepEqual([first?.source, second?.source], [gatewayAddress, gatewayAddress]);
    assert.notDeepEqual(first?.payload, second?.payload);
  });

  it('may be all taken: then nothing goes on, least of all under the address of the client', async () => {
    await using rig = await rigWithNetwork();
    // The userspace datapath has one identifier of ICMP for each that clients choose, and no other.
    const ping = (identifier: number) => ({ protocol: 'icmp', type: 8, code: 0, identifier }) as const;
    const [first] = arrived(send(rig, 'client1', ping(77)).effects) as Ip[];
    assert.equal(first?.source, gatewayAddress);
    const { effects, ends } = send(rig, 'client2', ping(77));
    assert.deepEqual(effects, []);
    assert.deepEqual(
      ends.map(({ stage }) => stage),
      ['egress-acl'],
    );
    const [again] = arrived(send(rig, 'client1', ping(77)).effects) as Ip[];
    const [other] = arrived(send(rig, 'client2', ping(78)).effects) as Ip[];
    assert.deepEqual([again?.source, other?.source], [gatewayAddress, gatewayAddress], 'others go on');
  });
});
