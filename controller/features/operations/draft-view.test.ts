import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type KindName, kindNames, type ResourceOf } from '../../resources/index.ts';
import { network } from '../../testing/scene.ts';
import { testOwner, World } from '../../testing/world.ts';
import { Draft } from './draft.ts';
import { operationsByKind } from './registry.ts';

const now = '2026-01-01T00:00:00.000Z';

/** What operations ask a view, as text. */
function answers(view: Draft['view'], targets: readonly { kind: KindName; id: string }[]): string[] {
  const lines: string[] = [];
  for (const kind of kindNames) {
    lines.push(`${kind}: ${view.count(kind)} = ${[...view.all(kind)].map(({ id }) => id).sort()}`);
    for (const target of targets) {
      for (const type of ['in-vpc', 'in-subnet', 'in-group', 'of-group', 'in-identity'] as const) {
        const ids = [...view.referrers(target, type, kind)].map(({ id }) => id).sort();
        lines.push(`${target.id} ${type} ${kind}: ${view.countReferrers(target, type, kind)} = ${ids}`);
      }
    }
  }
  for (const { id } of view.all('subnet')) {
    for (const address of ['10.0.1.7', '10.0.1.8'])
      lines.push(`${address}: ${view.countSharing(id, address)}`);
  }
  return lines;
}

describe('what a draft sees', () => {
  it('is what the topology says once it is committed, after any operations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 6 }), { maxLength: 12 }), async (choices) => {
        await using world = await World.create();
        const { vpc, subnet } = await network(world);
        const stored = { subnetId: subnet.id, allowedAddressPairs: [{ cidrBlock: '10.0.1.8' }] };
        const present = await world.create('network-interface', stored);
        const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
        let expected: string[] = [];
        let targets: { kind: KindName; id: string }[] = [];
        await world.run((draft) => {
          const interfaces: ResourceOf<'network-interface'>[] = [present];
          const create = (kind: KindName, spec: object) =>
            operationsByKind.get(kind)?.create?.(draft, { spec: { ...spec }, tags: {} });
          for (const choice of choices) {
            const last = interfaces.at(-1);
            if (choice <= 1) {
              const allowedAddressPairs = [{ cidrBlock: '10.0.1.7' }, { cidrBlock: '10.0.1.0/24' }];
              const spec = { subnetId: subnet.id, securityGroupIds: [group.id], allowedAddressPairs };
              interfaces.push(create('network-interface', spec) as ResourceOf<'network-interface'>);
            } else if (choice === 2 && last) {
              operationsByKind.get('network-interface')?.remove?.(draft, last as never);
              interfaces.pop();
            } else if ((choice === 3 || choice === 5) && last) {
              const spec =
                choice === 3
                  ? { securityGroupIds: [vpc.spec.defaultSecurityGroupId] }
                  : { allowedAddressPairs: [{ cidrBlock: '10.0.1.8' }] };
              const changed = operationsByKind
                .get('network-interface')
                ?.update?.(draft, last as never, { spec });
              interfaces.splice(-1, 1, changed as unknown as ResourceOf<'network-interface'>);
            } else if (choice === 4) {
              create('vpc', { cidrBlock: '10.9.0.0/16' });
            }
          }
          targets = [...draft.view.all('vpc'), subnet, group, ...draft.view.all('identity')];
          expected = answers(draft.view, targets);
        });
        assert.deepEqual(answers(world.topology, targets), expected);
      }),
      { numRuns: 30 },
    );
  });

  it('has what was deleted and made again in one commit', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    await world.run((draft) => {
      draft.claim('scope', '10.0.0.9', 'first');
    });
    await world.run((draft) => {
      draft.release('scope', '10.0.0.9');
      assert.equal(draft.isClaimed('scope', '10.0.0.9'), false);
      draft.claim('scope', '10.0.0.9', 'second');
    });
    assert.equal(world.get('address-claim', 'scope/10.0.0.9').spec.ownerId, 'second');
    assert.ok(vpc);
  });

  it('leaves no trace of what was made and deleted in one draft', async () => {
    await using world = await World.create();
    const draft = new Draft(world.topology, testOwner, now);
    const group = draft.create('security-group', { spec: { vpcId: 'vpc-1', name: 'a' } });
    draft.remove(group);
    const { conditions, puts, deletes } = draft.transaction();
    assert.deepEqual([conditions, puts, deletes], [[], [], []]);
  });
});
