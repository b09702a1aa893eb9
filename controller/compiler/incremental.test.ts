import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forgetful, observed } from '../testing/faults.ts';
import { peeringReactions } from '../testing/peering-scenario.ts';
import { incrementalIsFull } from './incremental.test-property.ts';

/** Every reaction of a feature without which something would be wrong: `FEATURE KIND what happened to it`. */
const needed = [
  'host host created',
  'host host updated',
  'host host removed',
  'host external-network created',
  'host external-network removed',
  'limit binding created',
  'limit binding removed',
  'router-errors binding created',
  'router-errors network-interface updated',
  'router-errors binding removed',
  'services binding created',
  'services binding removed',
  'services network-interface updated',
  'services instance updated',
  'services elastic-ip created',
  'services elastic-ip updated',
  'services host updated',
  'services host removed',
  'services vpc created',
  'services vpc updated',
  'services vpc removed',
  'subnet subnet created',
  'subnet subnet updated',
  'subnet subnet removed',
  'subnet vpc updated',
  'network-acl network-acl created',
  'network-acl network-acl updated',
  'network-acl network-acl removed',
  'route-table route-table created',
  'route-table route-table updated',
  'route-table route-table removed',
  'route-table internet-gateway updated',
  'route-table vpc updated',
  'network-interface network-interface created',
  'network-interface network-interface updated',
  'network-interface network-interface removed',
  'network-interface vpc updated',
  'network-interface binding created',
  'network-interface binding updated',
  'network-interface binding removed',
  'network-interface host updated',
  'network-interface internet-gateway created',
  'network-interface internet-gateway updated',
  'network-interface egress-only-internet-gateway created',
  'network-interface egress-only-internet-gateway removed',
  'network-interface security-group-rule created',
  'network-interface security-group-rule removed',
  'security-group vpc updated',
  'security-group identity created',
  'security-group identity removed',
  'security-group security-group-rule created',
  'security-group security-group-rule removed',
  'external-network external-network created',
  'external-network external-network updated',
  'external-network external-network removed',
  'elastic-ip elastic-ip created',
  'elastic-ip elastic-ip updated',
  'elastic-ip binding created',
  'elastic-ip binding updated',
  'elastic-ip binding removed',
  'elastic-ip host updated',
  'elastic-ip placement created',
  'elastic-ip placement updated',
  'elastic-ip placement removed',
  'elastic-ip nat-gateway removed',
  'nat-gateway placement created',
  'nat-gateway placement updated',
  'nat-gateway placement removed',
  'nat-gateway host updated',
  'nat-gateway subnet updated',
];
const harmless = [
  // An elastic IP is removed only when nobody has it, so it has no fragments then.
  'elastic-ip elastic-ip removed',
  // A NAT gateway that takes an elastic IP writes that in the same commit.
  'elastic-ip nat-gateway created',
  // A peering connection that is answered has no rules yet.
  'vpc-peering-connection vpc-peering-connection updated',
  // Neither name nor number of a network change.
  'host external-network updated',
  // No route leads to a gateway before it is there, nor when it goes.
  'route-table egress-only-internet-gateway created',
  'route-table egress-only-internet-gateway removed',
];

describe('incremental compiling', () => {
  it('gives the same as a full compile after every edit of random sequences', async () => {
    const tally = { done: 0, refused: 0 };
    const reactions = new Set<string>();
    await fc.assert(incrementalIsFull(observed(reactions), tally), { numRuns: 40 });
    const { done, refused } = tally;
    assert.ok(done > 2 * refused, `${done} done, ${refused} refused: the test must mostly edit`);
    const known = [...needed, ...harmless, ...peeringReactions];
    const unknown = [...reactions].filter((one) => !known.includes(one));
    assert.deepEqual(unknown, [], 'each reaction must be among those that are planted as faults below');
  });
});

describe('the test of incremental compiling finds a feature that forgets', () => {
  for (const reaction of needed) {
    it(reaction, async () => {
      const parameters = { seed: 42, numRuns: 200, endOnFailure: true };
      const { failed, errorInstance } = await fc.check(incrementalIsFull(forgetful(reaction)), parameters);
      assert.equal(failed, true, 'nothing went wrong without it');
      assert.ok(errorInstance instanceof assert.AssertionError, `${errorInstance}`);
    });
  }
});
