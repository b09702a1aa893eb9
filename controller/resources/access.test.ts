import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisible, isWrittenBy } from './access.ts';
import { kinds } from './kinds/index.ts';
import { type KindName, kindNames } from './resource.ts';
import { type Role, roles } from './roles.ts';

const owned = kindNames.filter((kind) => !kinds[kind].operatorOwned);
const resource = (kind: KindName, account = '1', region = 'a') =>
  kinds[kind].operatorOwned ? { kind, account: '', region: '' } : { kind, account, region };

describe('what an account has', () => {
  it('exists for the account in its region, and for nobody else, whatever the kind and the role', () => {
    for (const kind of owned) {
      for (const role of [undefined, ...roles]) {
        const sees = (account: string, region: string) =>
          isVisible(resource(kind), { account, region, ...(role === undefined ? {} : { role }) });
        assert.deepEqual(
          [sees('1', 'a'), sees('2', 'a'), sees('1', 'b'), sees('', ''), sees('*', 'a'), sees('*', '*')],
          [true, false, false, false, true, true],
          `${role} ${kind}`,
        );
      }
    }
  });

  it('exists for those that it is shared with, in its region', () => {
    const shared = {
      ...resource('vpc-peering-connection'),
      spec: { requesterVpcId: 'vpc-1', accepterVpcId: 'vpc-2', accepterAccount: '2' },
    };
    const sees = (account: string, region: string) => isVisible(shared, { account, region, role: 'member' });
    assert.deepEqual(
      [sees('1', 'a'), sees('2', 'a'), sees('2', 'b'), sees('3', 'a')],
      [true, true, false, false],
    );
    assert.equal(isVisible(resource('vpc-peering-connection'), { account: '2', region: 'a' }), false);
  });

  it('is written by its members and admins', () => {
    for (const kind of owned) {
      const writers = roles.filter((role) => isWrittenBy(kind, role));
      assert.deepEqual(writers, ['admin', 'member'], kind);
    }
  });
});

describe('what the operator has', () => {
  const viewers = (kind: KindName) =>
    roles.filter((role) => isVisible(resource(kind), { account: '1', region: 'a', role }));
  const writers = (kind: KindName) => roles.filter((role) => isWrittenBy(kind, role));

  it('is seen and written as its kind says', () => {
    const operators: Role[] = ['admin', 'operator'];
    const expected: Record<string, [seen: readonly Role[], written: readonly Role[]]> = {
      account: [[...operators, 'agent'], ['admin']],
      'access-key': [['admin'], ['admin']],
      'external-network': [roles, operators],
      host: [[...operators, 'agent'], operators],
      binding: [[...operators, 'agent'], operators],
      'access-key-secret': [[], ['admin']],
    };
    for (const [kind, [seen, written]] of Object.entries(expected)) {
      assert.deepEqual([viewers(kind as KindName), writers(kind as KindName)], [seen, written], kind);
    }
  });

  it('is all there for the controller itself', () => {
    for (const kind of kindNames) {
      assert.equal(isVisible(resource(kind), { account: '1', region: 'a' }), true, kind);
      assert.equal(isWrittenBy(kind, undefined), true, kind);
    }
  });
});
