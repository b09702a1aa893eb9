import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessage, type FlowMod } from 'node-openflow';
import { decodeCookie, tableOf } from '../pipeline/index.ts';
import {
  cookieOf,
  deleteAllMarkers,
  deleteByCookie,
  deleteMarker,
  deleteVpc,
  join,
  markerCookie,
  type Parcel,
  withoutVersion,
} from './messages.ts';

function decode({ bytes }: Parcel): FlowMod {
  const message = decodeMessage(bytes);
  assert.equal(message.type, 'flow-mod');
  return message as FlowMod;
}

const cookie = 0x5704_0000_1234_5678n;

test('a deletion by cookie means exactly this one, in all tables', () => {
  const parcel = deleteByCookie(cookie);
  const { command, table, cookieMask, match } = decode(parcel);
  assert.deepEqual([command, table, cookieMask, match], ['delete', 255, 0xffff_ffff_ffff_ffffn, []]);
  assert.equal(cookieOf(parcel.bytes), cookie);
});

test('leaving a VPC deletes only flows of ours that match on it', () => {
  const { command, table, cookie, cookieMask, match } = decode(deleteVpc(77));
  assert.deepEqual([command, table], ['delete', 255]);
  assert.deepEqual([cookie, cookieMask], [0x57n << 56n, 0xffn << 56n]);
  assert.deepEqual(
    match.map(({ field, value, mask }) => [field, value, mask]),
    [['metadata', 77n, undefined]],
  );
});

test('markers are told apart by scope, not by digest', () => {
  const vpc = { type: 'vpc', id: 'vpc-1', number: 9 } as const;
  const host = { type: 'host', id: 'h', number: 9 } as const;
  assert.notEqual(markerCookie(vpc), markerCookie(host));
  assert.deepEqual(decodeCookie(markerCookie({ type: 'global' })), {
    fragmentKind: 60,
    number: 0,
    version: 0,
  });
  assert.equal(withoutVersion(markerCookie(vpc) + 5n), markerCookie(vpc));
  const one = decode(deleteMarker(vpc));
  assert.equal(one.table, tableOf('marker'));
  assert.equal((markerCookie(vpc) + 5n) & (one.cookieMask ?? 0n), one.cookie);
  assert.notEqual(markerCookie(host) & (one.cookieMask ?? 0n), one.cookie);
  assert.equal(decode(deleteAllMarkers()).table, tableOf('marker'));
});

test('parcels are joined in order with their counts', () => {
  const parcels = [deleteByCookie(1n), deleteByCookie(2n)];
  const joined = join(parcels);
  assert.equal(joined.flowMods, 2);
  assert.deepEqual(joined.bytes, Buffer.concat(parcels.map(({ bytes }) => bytes)));
  assert.deepEqual(join([]), { bytes: Buffer.alloc(0), flowMods: 0 });
});
