import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage } from 'node-openflow';
import { type Flow, on, toFlowMod } from '../../pipeline/index.ts';
import type { KindName, ReferenceType, ResourceOf } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { testRule } from '../../topology/testing.ts';
import { contributions } from './identity.ts';
import { rulesPerFlow } from './limits.ts';
import { matchOfKey } from './rule-matches.ts';

function flowWith(rules: number): Flow {
  const all = Array.from({ length: rules }, (_, index) => ({
    ...testRule(`sgr-${index}`, 'sg-0', 'ingress'),
    number: index + 1,
  }));
  return {
    stage: 'ingress-rules',
    priority: 100,
    match: [on('metadata', 1n), ...matchOfKey('ingress', { dimension: 'service', key: 'icmp:8:0' })],
    actions: contributions(all, 'service'),
  };
}

/** Lets the topology say that so many resources point at something by an edge of this type. */
function pretend(world: World, type: ReferenceType, count: number): void {
  const { topology } = world;
  const original = topology.countReferrers.bind(topology);
  topology.countReferrers = (target: { kind: KindName; id: string }, edge, kind) =>
    edge === type ? count : original(target, edge, kind);
}

const rule = (group: ResourceOf<'security-group'>, more: Record<string, unknown>) => ({
  groupId: group.id,
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: 443,
  toPort: 443,
  ...more,
});

describe('rules that share a flow', () => {
  it('fit into one message up to the limit, with the longest match', () => {
    assert.ok(encodeMessage(toFlowMod(flowWith(rulesPerFlow), 0n)).length <= 65_535);
    assert.throws(() => encodeMessage(toFlowMod(flowWith(rulesPerFlow + 100), 0n)), {
      code: 'OPENFLOW_TOO_LONG',
    });
  });

  it('of a match are refused beyond it', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'first' });
    const other = await world.create('security-group', { vpcId: vpc.id, name: 'second' });
    await world.create('security-group-rule', rule(group, { cidrIpv4: '0.0.0.0/0' }));
    pretend(world, 'uses-match', rulesPerFlow);
    await assertRefused(
      world,
      () => world.create('security-group-rule', rule(other, { cidrIpv4: '0.0.0.0/0' })),
      { code: 'wrong-state', field: 'spec', value: '6:443/65535', fix: /share groups/ },
    );
    await world.create('security-group', { vpcId: vpc.id, name: 'third' });
    pretend(world, 'uses-match', rulesPerFlow - 1);
    await world.create('security-group-rule', rule(other, { cidrIpv4: '0.0.0.0/0' }));
  });

  it('by naming a group are refused beyond it, where interfaces have the group', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'first' });
    const peer = await world.create('security-group', { vpcId: vpc.id, name: 'peer' });
    const securityGroupIds = [peer.id];
    await world.create('network-interface', { subnetId: subnet.id, securityGroupIds });
    pretend(world, 'peer-group', rulesPerFlow);
    const create = () => world.create('security-group-rule', rule(group, { referencedGroupId: peer.id }));
    await assertRefused(world, create, {
      code: 'wrong-state',
      field: 'spec.referencedGroupId',
      value: [peer.id],
      fix: /network/,
    });
    pretend(world, 'peer-group', rulesPerFlow - 1);
    await create();
  });

  it('by naming groups of a new set are refused beyond it', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const groups = await Promise.all(
      ['a', 'b'].map((name) => world.create('security-group', { vpcId: vpc.id, name })),
    );
    const securityGroupIds = groups.map(({ id }) => id);
    const create = () => world.create('network-interface', { subnetId: subnet.id, securityGroupIds });
    pretend(world, 'peer-group', rulesPerFlow / 2 + 1);
    await assertRefused(world, create, {
      code: 'wrong-state',
      field: 'spec.securityGroupIds',
      value: securityGroupIds,
    });
    pretend(world, 'peer-group', rulesPerFlow / 2);
    await create();
  });
});
