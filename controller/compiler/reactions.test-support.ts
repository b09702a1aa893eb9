import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forgetful } from '../testing/faults.ts';
import { incrementalIsFull } from './incremental.test-property.ts';

/**
 * Reactions of features without which something would be wrong, and that random edits come to: `FEATURE KIND what happened to
 * it`. What they seldom come to is in scenarios.
 */
export const needed = [
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
  'services host created',
  'services binding created',
  'services binding updated',
  'services binding removed',
  'services network-interface updated',
  'services instance updated',
  'services elastic-ip created',
  'services elastic-ip updated',
  'services host updated',
  'services host removed',
  'services subnet updated',
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
  'route-table vpc updated',
  'network-interface network-interface created',
  'network-interface network-interface updated',
  'network-interface vpc updated',
  'network-interface binding created',
  'network-interface binding updated',
  'network-interface binding removed',
  'network-interface host updated',
  'network-interface security-group-rule created',
  'security-group vpc updated',
  'security-group identity created',
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
  'nat-gateway vpc updated',
];
export const harmless = [
  // An instance and its interfaces come in one commit, which the interfaces are enough to notice.
  'services instance created',
  // An elastic IP is removed only when nobody has it, so it has no fragments then.
  'elastic-ip elastic-ip removed',
  // A NAT gateway that takes an elastic IP writes that in the same commit.
  'elastic-ip nat-gateway created',
  // A VPC has no peers before a connection to it is accepted, and none any more when it goes.
  'vpc vpc created',
  'vpc vpc removed',
  'vpc vpc-peering-connection created',
  // A peering connection that is answered has no rules yet.
  'vpc-peering-connection vpc-peering-connection updated',
  // A peering connection is not active when it is made; the start of the controller sees it made and active at once.
  'vpc vpc-peering-connection created',
  'names vpc-peering-connection created',
  // Neither name nor number of a network change.
  'host external-network updated',
  // An internet gateway leads nowhere any more when it goes: it has been detached.
  'route-table internet-gateway removed',
  // No route leads to a gateway before it is there.
  'route-table egress-only-internet-gateway created',
];

/** In how many files the reactions are planted as faults: each takes seconds, and a file has a time limit. */
const parts = 4;

/** Each of the reactions of one part (0 to 3), forgotten, must be found by the property. */
export function findForgottenReactions(part: number): void {
  describe('the test of incremental compiling finds a feature that forgets', () => {
    for (const reaction of needed.filter((_one, index) => index % parts === part)) {
      it(reaction, async () => {
        const parameters = { seed: 42, numRuns: 200, endOnFailure: true };
        const { failed, errorInstance } = await fc.check(incrementalIsFull(forgetful(reaction)), parameters);
        assert.equal(failed, true, 'nothing went wrong without it');
        assert.ok(errorInstance instanceof assert.AssertionError, `${errorInstance}`);
      });
    }
  });
}
