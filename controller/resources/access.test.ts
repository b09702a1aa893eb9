import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisible, isWrittenBy, visibleChanges } from './access.ts';
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
    assert.deepEqual(seen('h1', 'h1'), ['host', 'instance', 'binding']);
    assert.deepEqual(seen('h2', 'h2'), []);
  });

  const agent = { account: '*', region: '*', role: 'agent', hostId: 'h1' } as const;
  const around = (there: Record<string, string>) => ({
    get: (kind: KindName, id: string) =>
      there[`${kind} ${id}`] === undefined
        ? undefined
        : ({ ...resource(kind, there[`${kind} ${id}`], id) } as never),
  });
  const eni = (instanceId?: string) => ({
    ...resource('network-interface', '', 'eni-1'),
    spec: { instanceId },
  });

  it('sees the interfaces that its host has bound, and those of its instances', () => {
    const sees = (there: Record<string, string>, instanceId?: string) =>
      isVisible(eni(instanceId), agent, around(there));
    assert.equal(sees({ 'binding h1/eni-1': 'h1' }), true);
    assert.equal(sees({ 'instance i-1': 'h1' }, 'i-1'), true);
    assert.equal(sees({}), false);
    assert.equal(
      sees({ 'binding h2/eni-1': 'h2', 'instance i-2': 'h2', 'instance i-1': 'h1' }, 'i-2'),
      false,
    );
    assert.equal(sees({ 'instance i-1': 'h1' }), false, 'of no instance');
    assert.equal(isVisible(eni('i-1'), agent), false, 'without knowing');
  });

  it('sees what leaves its host go, and nothing of where it went', () => {
    const at = (hostId: string) => resource('instance', hostId, 'i-1') as never;
    const change = (before: unknown, after: unknown, kind: KindName = 'instance', id = 'i-1') =>
      ({ kind, id, before, after }) as Parameters<typeof visibleChanges>[0][number];
    const seen = (...changes: Parameters<typeof change>[]) =>
      visibleChanges(
        changes.map((one) => change(...one)),
        agent,
        around({}),
      );
    assert.deepEqual(seen([at('h1'), at('h2')]), [change(at('h1'), undefined)]);
    assert.deepEqual(seen([at('h2'), at('h1')]), [change(undefined, at('h1'))]);
    assert.deepEqual(seen([at('h2'), at('h3')], [undefined, at('h2')]), []);
    const interfaceGone = [eni('i-1'), undefined, 'network-interface', 'eni-1'] as const;
    const both = seen([at('h1'), undefined], [...interfaceGone]);
    assert.deepEqual(
      both.map(({ kind }) => kind),
      ['instance', 'network-interface'],
      'an interface goes with its instance',
    );
    assert.deepEqual(seen([at('h2'), undefined], [...interfaceGone]), []);
    const detached = seen([at('h1'), undefined], [eni('i-1'), eni(), 'network-interface', 'eni-1']);
    assert.deepEqual(detached[1], change(eni('i-1'), undefined, 'network-interface', 'eni-1'));
  });

  it('writes nothing but what it reports', () => {
    for (const kind of kindNames) assert.equal(isWrittenBy(kind, 'agent'), false, kind);
  });
});
