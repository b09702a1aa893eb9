import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { features } from '../features/index.ts';
import type { Flow } from '../pipeline/index.ts';
import { type KindName, WeftError } from '../resources/index.ts';
import { World } from '../testing/world.ts';
import { Topology } from '../topology/index.ts';
import { Compiler } from './compiler.ts';
import type { DesiredState } from './types.ts';

/** Everything of a compiler that switches would see. */
function content(desired: DesiredState, hosts: readonly string[]): unknown {
  const scopes = new Set(hosts.flatMap((host) => desired.scopesOfHost(host)));
  return [...scopes].sort().map((key) => {
    const scope = desired.scope(key);
    const fragments = [...(scope?.fragments.values() ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      key,
      digest: scope?.digest,
      fragments: fragments.map((one) => [
        one.key,
        one.cookie,
        Buffer.from(one.bytes).toString('hex'),
        one.flowCount,
      ]),
    };
  });
}

async function fullCompile(world: World): Promise<Compiler> {
  const topology = new Topology();
  topology.load(await world.store.snapshot());
  const compiler = new Compiler(topology, features);
  compiler.load();
  return compiler;
}

/** No two flows that can meet on one host may have the same stage, priority and match. */
function assertNoConflicts(world: World): void {
  const keyOf = ({ stage, priority, match }: Flow) =>
    `${stage} ${priority} ${match
      .map(({ field, value, mask }) => `${field}=${value}/${mask}`)
      .sort()
      .join(',')}`;
  const shared = new Set<string>();
  const flows = world.flows();
  for (const [scope, list] of flows) {
    const seen = scope.startsWith('host:') ? new Set<string>() : shared;
    for (const flow of list) {
      const key = keyOf(flow);
      assert.ok(!seen.has(key) && !shared.has(key), `two flows for ${key}`);
      seen.add(key);
    }
  }
}

/** Random numbers choose what is done and to which of the resources that are there. */
type Step = readonly [action: number, a: number, b: number, c: number];

class Editor {
  readonly world: World;
  #name = 0;
  constructor(world: World) {
    this.world = world;
  }

  pick<K extends KindName>(kind: K, index: number) {
    const all = [...this.world.topology.all(kind)];
    return all[index % Math.max(1, all.length)];
  }

  readonly #actions: ((a: number, b: number, c: number) => Promise<unknown> | undefined)[] = [
    (a) => this.world.create('vpc', { cidrBlock: ['10.0.0.0/16', '10.0.0.0/20', '172.16.0.0/16'][a % 3] }),
    (a, b) =>
      this.world.create('subnet', { vpcId: this.pick('vpc', a)?.id, cidrBlock: `10.0.${b % 4}.0/24` }),
    (a, b) =>
      this.world.create('network-interface', {
        subnetId: this.pick('subnet', a)?.id,
        ...(b % 3 ? { securityGroupIds: [this.pick('security-group', b)?.id] } : {}),
      }),
    (a, b, c) => {
      const port = this.pick('network-interface', b);
      return (
        port && this.world.bind(`host-${1 + (a % 3)}`, port.id, 10 + (c % 5) + (port.number as number) * 10)
      );
    },
    (a) => {
      const binding = this.pick('binding', a);
      return binding && this.world.unbind(binding.spec.hostId, binding.spec.networkInterfaceId);
    },
    (a) =>
      this.world.create('security-group', { vpcId: this.pick('vpc', a)?.id, name: `group-${this.#name++}` }),
    (a, b, c) =>
      this.world.create('security-group-rule', {
        groupId: this.pick('security-group', a)?.id,
        direction: c % 2 ? 'ingress' : 'egress',
        ...(c % 3
          ? { protocol: 'tcp', fromPort: c % 100, toPort: (c % 100) + (b % 50) }
          : { protocol: (['all', 'icmp', 'udp', 47] as const)[c % 4] }),
        ...(b % 2
          ? { cidrIpv4: ['0.0.0.0/0', '10.0.0.0/8', '10.0.1.0/24'][b % 3] }
          : { referencedGroupId: this.pick('security-group', a + b)?.id }),
      }),
    (a, b, c) => {
      const groups = [this.pick('security-group', b)?.id, this.pick('security-group', c)?.id];
      const port = this.pick('network-interface', a);
      return (
        port && this.world.update('network-interface', port.id, { securityGroupIds: [...new Set(groups)] })
      );
    },
    (a) => this.world.create('internet-gateway', { vpcId: this.pick('vpc', a)?.id }),
    (a, b) => {
      const table = this.pick('route-table', a);
      const target = this.pick('internet-gateway', b)?.id;
      const routes =
        b % 3
          ? [
              { destination: '0.0.0.0/0', target },
              { destination: '192.0.2.0/24', target: 'blackhole' },
            ]
          : [];
      return table && this.world.update('route-table', table.id, { routes });
    },
    (a) => this.world.create('route-table', { vpcId: this.pick('vpc', a)?.id }),
    (a, b) => {
      const subnet = this.pick('subnet', a);
      return (
        subnet &&
        this.world.update('subnet', subnet.id, {
          routeTableId: b % 3 ? this.pick('route-table', b)?.id : null,
        })
      );
    },
    (a) => this.world.create('elastic-ip', { networkInterfaceId: this.pick('network-interface', a)?.id }),
    (a, b) => {
      const elasticIp = this.pick('elastic-ip', a);
      const networkInterfaceId = b % 3 ? this.pick('network-interface', b)?.id : null;
      return elasticIp && this.world.update('elastic-ip', elasticIp.id, { networkInterfaceId });
    },
    (a, b) => {
      const kinds = [
        'security-group-rule',
        'network-interface',
        'elastic-ip',
        'subnet',
        'security-group',
        'route-table',
        'vpc',
      ] as const;
      const kind = kinds[b % kinds.length] as KindName;
      const victim = this.pick(kind, a);
      return victim && this.world.remove(kind, victim.id);
    },
  ];

  /** @returns false when the operation was refused, which must leave no trace */
  async step([action, a, b, c]: Step): Promise<boolean> {
    try {
      await this.#actions[action % this.#actions.length]?.(a, b, c);
      return true;
    } catch (error) {
      if (error instanceof WeftError) return false;
      throw error;
    }
  }
}

const hosts = ['host-1', 'host-2', 'host-3'];

describe('incremental compiling', () => {
  it('gives the same as a full compile after every edit of random sequences', async () => {
    let done = 0;
    let refused = 0;
    const number = fc.nat({ max: 10_000 });
    const steps = fc.array(fc.tuple(number, number, number, number), { minLength: 30, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence: Step[]) => {
        await using world = await World.create();
        const editor = new Editor(world);
        await world.create('external-network', {
          name: 'external',
          cidrBlock: '203.0.113.0/24',
          addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
        });
        for (const index of [1, 2, 3])
          await world.host(index, index < 3 ? { externalPorts: { external: 2 } } : {});
        const opening: Step[] = [
          [0, 0, 0, 0],
          [1, 0, 0, 0],
          [1, 0, 1, 0],
          [2, 0, 0, 0],
          [3, 0, 0, 0],
          [2, 1, 1, 0],
          [3, 1, 1, 0],
          [8, 0, 0, 0],
          [9, 0, 1, 0],
        ];
        for (const step of [...opening, ...sequence]) {
          const { revision } = world.store;
          if (await editor.step(step)) done++;
          else {
            refused++;
            assert.equal(world.store.revision, revision, 'a refused operation was committed');
          }
          assert.deepEqual(
            content(world.compiler, hosts),
            content(await fullCompile(world), hosts),
            `after ${step}`,
          );
        }
        assertNoConflicts(world);
        assert.deepEqual(world.topology.diffAgainst(await world.store.snapshot()), []);
      }),
      { numRuns: 25 },
    );
    assert.ok(done > 3 * refused, `${done} done, ${refused} refused: the test must mostly edit`);
  });
});
