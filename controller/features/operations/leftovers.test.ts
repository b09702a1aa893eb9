import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Housekeeping } from '../../main/housekeeping.ts';
import { kindNames, kinds } from '../../resources/index.ts';
import { census } from '../../testing/assertions.ts';
import { Editor, type Step } from '../../testing/editor.ts';
import { permanentFragments } from '../../testing/golden.ts';
import { tearDown } from '../../testing/teardown.ts';
import { World } from '../../testing/world.ts';
import { isPublicOn } from '../vpc/ipv6-block.ts';

/** Every edge leads to something that is there: a VPC never goes before what is in it. Routes outlive their targets. */
function assertNoDanglingReferences({ topology }: World): void {
  for (const kind of kindNames) {
    for (const { id, spec, status } of topology.all(kind)) {
      for (const reference of kinds[kind].references(spec, status)) {
        if (reference.type === 'route-target') continue;
        assert.ok(topology.get(reference.kind, reference.id), `${kind} ${id} refers to ${reference.id}`);
      }
    }
  }
}

/** An address is claimed exactly as long as somebody has it, or a host may still have flows for it. */
function assertClaimsHaveOwners({ topology }: World): void {
  const expected = new Map<string, string>();
  for (const { id, spec } of topology.all('network-interface')) {
    const { privateAddress, ipv6Addresses = [], ipv4Prefixes = [], ipv6Prefixes = [] } = spec;
    for (const address of [privateAddress, ...ipv6Addresses, ...ipv4Prefixes, ...ipv6Prefixes]) {
      expected.set(`${spec.subnetId}/${address}`, id);
    }
    expected.set(`${spec.vpcId}/${spec.macAddress}`, id);
  }
  for (const { id, spec } of topology.all('nat-gateway')) {
    expected.set(`${spec.subnetId}/${spec.privateAddress}`, id);
  }
  for (const { id, spec } of topology.all('elastic-ip')) {
    expected.set(`${spec.externalNetworkId}/${spec.address}`, id);
  }
  const networks = [...topology.all('external-network')];
  for (const vpc of topology.all('vpc')) {
    const network = networks.find((other) => isPublicOn(other, vpc));
    if (network) expected.set(`${network.id}/${vpc.spec.ipv6CidrBlock}`, vpc.id);
  }
  const claims = new Map<string, string>();
  for (const { id, spec } of topology.all('address-claim')) {
    if (spec.hostIds) assert.ok(!expected.has(id), `${id} is held, and has an owner`);
    else claims.set(id, spec.ownerId);
  }
  assert.deepEqual([...claims].sort(), [...expected].sort());
}

/** A number is in use, or rests, or is free: never two of these. */
function assertNumbersAreUnique({ topology }: World): void {
  for (const kind of kindNames.filter((name) => kinds[name].numbered)) {
    const used = [...topology.all(kind)].map(({ number }) => number);
    const resting = [...topology.all('retired-number')].flatMap(({ spec }) =>
      spec.kind === kind ? [spec.number] : [],
    );
    assert.equal(new Set([...used, ...resting]).size, used.length + resting.length, `numbers of ${kind}`);
  }
}

function assertSharedMatchesHaveUsers({ topology }: World): void {
  for (const match of topology.all('rule-match')) {
    assert.ok(topology.countReferrers(match, 'uses-match', 'security-group-rule') > 0, match.id);
  }
}

/** Every host that is left has confirmed everything that frees addresses; numbers go on resting. */
function housekeeping({ topology, executor }: World): Housekeeping {
  const ignore = () => undefined;
  const keeper = new Housekeeping({
    view: topology,
    executor,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    confirmedEverywhere: () => 0,
    confirmedBy: () => topology.revision,
  });
  keeper.start();
  keeper.stop();
  return keeper;
}

describe('random edits', () => {
  it('leave nothing without owner, and nothing at all when everything is deleted', async () => {
    const number = fc.nat({ max: 10_000 });
    const steps = fc.array(fc.tuple(number, number, number, number), { minLength: 30, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence: Step[]) => {
        await using world = await World.create();
        const editor = new Editor(world);
        await editor.open(true);
        for (const step of sequence) {
          await editor.step(step);
          assertNoDanglingReferences(world);
          assertClaimsHaveOwners(world);
          assertNumbersAreUnique(world);
          assertSharedMatchesHaveUsers(world);
        }
        await tearDown(world);
        await housekeeping(world).round(0);
        const { counter, 'retired-number': _resting, ...rest } = census(world);
        assert.deepEqual(rest, {});
        assert.ok(counter);
        assertNumbersAreUnique(world);
        const fragments = [...(world.compiler.scope('global')?.fragments.keys() ?? [])];
        assert.deepEqual(fragments, permanentFragments);
        assert.deepEqual(world.compiler.statistics().scopes, 1);
      }),
      { numRuns: 40 },
    );
  });
});
