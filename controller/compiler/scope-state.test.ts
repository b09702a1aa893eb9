import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeMessage, type FlowMod } from 'node-openflow';
import { decodeCookie, type Scope, tableOf } from '../pipeline/index.ts';
import { markerKind, ScopeState } from './scope-state.ts';
import type { StoredFragment } from './types.ts';

const vpc: Scope = { type: 'vpc', id: 'vpc-1', number: 7 };
const fragment = (key: string, cookie: bigint): StoredFragment => ({
  key,
  scope: vpc,
  cookie,
  bytes: new Uint8Array(0),
  flowCount: 0,
  before: [],
  after: [],
  denies: false,
  whenGone: [],
  waitsFor: [],
});
const stateOf = (cookies: readonly bigint[], scope: Scope = vpc) => {
  const state = new ScopeState(scope);
  for (const [index, cookie] of cookies.entries()) state.replace(undefined, fragment(`1:${index}`, cookie));
  return state;
};

describe('the digest of a scope', () => {
  const cookies = fc.uniqueArray(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), {
    minLength: 1,
    maxLength: 20,
  });

  it('does not depend on the order in which fragments came, nor on what came and went', () => {
    fc.assert(
      fc.property(cookies, fc.nat(), (list, rotation) => {
        const { digest } = stateOf(list);
        const first = rotation % list.length;
        assert.equal(stateOf([...list.slice(first), ...list.slice(0, first)]).digest, digest);
        assert.equal(stateOf(list.toReversed()).digest, digest);
        const state = stateOf(list);
        const guest = fragment('2:guest', 5n);
        state.replace(undefined, guest);
        state.replace(guest, fragment('2:guest', 6n));
        state.replace(fragment('2:guest', 6n), undefined);
        assert.equal(state.digest, digest);
        assert.equal(state.fragments.size, list.length);
      }),
    );
  });

  it('differs when one fragment is missing or has another cookie', () => {
    fc.assert(
      fc.property(cookies, fc.nat(), (list, choice) => {
        const { digest } = stateOf(list);
        const index = choice % list.length;
        assert.notEqual(stateOf(list.toSpliced(index, 1)).digest, digest);
        const changed = list.with(index, (list[index] as bigint) ^ 1n);
        if (new Set(changed).size === list.length) assert.notEqual(stateOf(changed).digest, digest);
      }),
    );
    assert.equal(new ScopeState(vpc).digest, 0n);
  });

  it('tells pairs of cookies with the same sum apart', () => {
    assert.notEqual(stateOf([1n, 4n]).digest, stateOf([2n, 3n]).digest);
  });
});

describe('the marker of a scope', () => {
  const markerOf = (state: ScopeState): FlowMod => {
    const message = decodeMessage(state.marker);
    assert.equal(message.type, 'flow-mod');
    return message as FlowMod;
  };

  it('says which scope it is and holds its digest', () => {
    const state = stateOf([1n, 2n]);
    const { cookie, table, match, instructions } = markerOf(state);
    const parts = decodeCookie(cookie ?? 0n);
    assert.deepEqual([parts?.fragmentKind, parts?.number], [markerKind.vpc, 7]);
    assert.equal(table, tableOf('marker'));
    assert.deepEqual(match, [{ field: 'metadata', value: 7n }]);
    assert.deepEqual(instructions, [
      {
        type: 'apply-actions',
        actions: [{ type: 'set-field', field: 'metadata', value: state.digest }],
      },
    ]);
  });

  it('is another one after each change, and the same when nothing changed', () => {
    const state = stateOf([1n]);
    const first = state.marker;
    assert.equal(state.marker, first);
    state.replace(undefined, fragment('2:x', 9n));
    assert.notDeepEqual(state.marker, first);
    state.replace(fragment('2:x', 9n), undefined);
    assert.deepEqual(state.marker, first);
  });

  it("never has the metadata of another scope's: a VPC's delete takes no other marker", () => {
    const scopes: Scope[] = [
      { type: 'global' },
      { type: 'vpc', id: 'vpc-1', number: 1 },
      { type: 'host', id: 'a', number: 1 },
      { type: 'vpc', id: 'vpc-2', number: 0xff_ffff },
    ];
    const metadata = scopes.map((scope) => markerOf(stateOf([1n], scope)).match?.[0]?.value);
    assert.equal(new Set(metadata).size, scopes.length);
  });
});
