import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisible, isWrittenBy } from './access.ts';
import { kinds } from './kinds/index.ts';
import { type KindName, kindNames } from './resource.ts';
import { type Role, roles } from './roles.ts';

const owned = kindNames.filter((kind) => !kinds[kind].operatorOwned);
const resource = (kind: KindName, hostId = 'h1', id = 'x') => ({
  kind,
  id,
  ...(kinds[kind].operatorOwned ? { account: '', region: '' } : { account: '1', region: 'a' }),
  spec: { hostId },
});

describe('what an account has', () => {
  it('exists for the account in its region, and for nobody else, whatever the kind and the role', () => {
    for (const kind of owned) {
      for (const role of [undefined, ...roles.filter((name) => name !== 'agent')]) {
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
    const other = { ...shared, spec: { ...shared.spec, accepterAccount: '3' } };
    assert.equal(isVisible(other, { account: '2', region: 'a' }), false);
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
    const accounts = roles.filter((role) => role !== 'agent');
    const expected: Record<string, [seen: readonly Role[], written: readonly Role[]]> = {
      account: [operators, ['admin']],
      'access-key': [['admin'], ['admin']],
      'external-network': [accounts, operators],
      host: [operators, operators],
      binding: [operators, operators],
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

describe('an agent', () => {
  it('sees what is on its host, of every account, and nothing else', () => {
    const agent = { account: '*', region: '*', role: 'agent', hostId: 'h1' } as const;
    const seen = (hostId: string, id: string) =>
      kindNames.filter((kind) => isVisible(resource(kind, hostId, id), agent));
    assert.deepEqual(seen('h1', 'h1'), ['host', 'network-interface', 'instance', 'binding']);
    assert.deepEqual(seen('h2', 'h2'), ['network-interface']);
  });

  it('writes nothing but what it reports', () => {
    for (const kind of kindNames) assert.equal(isWrittenBy(kind, 'agent'), false, kind);
  });
});
