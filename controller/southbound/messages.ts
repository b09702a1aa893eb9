import { encodeMessage, type Message, type MultipartRequest, nextXid } from 'node-openflow';
import type { StoredFragment } from '../compiler/types.ts';
import {
  cookiePrefix,
  cookiePrefixMask,
  encodeCookie,
  type Scope,
  tableOf,
  versionBits,
} from '../pipeline/index.ts';

/** Encoded messages on their way to switches, and how many of them are flow-mods. */
export interface Parcel {
  readonly bytes: Uint8Array;
  readonly flowMods: number;
}

/** Fragment kinds in cookies that no feature may use. */
export const reservedKinds = { globalMarker: 60, vpcMarker: 61, hostMarker: 62, learned: 63 } as const;

const allTables = 0xff;
const exact = 0xffff_ffff_ffff_ffffn;
const anyVersion = exact ^ ((1n << BigInt(versionBits)) - 1n);
const prefix = cookiePrefix << 56n;
/** Offset of the cookie in a flow-mod: it follows the header (OpenFlow 1.5, 7.3.4.2). */
const cookieOffset = 8;

function encode(message: Message): Uint8Array {
  return encodeMessage(message, { xid: nextXid() });
}

function deletion(selection: {
  table: number;
  cookie: bigint;
  cookieMask: bigint;
  vpcNumber?: number;
}): Parcel {
  const { table, cookie, cookieMask, vpcNumber } = selection;
  const match = vpcNumber === undefined ? [] : [{ field: 'metadata' as const, value: BigInt(vpcNumber) }];
  const bytes = encode({
    type: 'flow-mod',
    command: 'delete',
    table,
    cookie,
    cookieMask,
    match,
    instructions: [],
  });
  return { bytes, flowMods: 1 };
}

/** Deletes every flow with exactly this cookie. */
export function deleteByCookie(cookie: bigint): Parcel {
  return deletion({ table: allTables, cookie, cookieMask: exact });
}

/** Deletes all flows of ours that match on this VPC. */
export function deleteVpc(vpcNumber: number): Parcel {
  return deletion({ table: allTables, cookie: prefix, cookieMask: cookiePrefixMask, vpcNumber });
}

/** Deletes the marker of one scope, whatever digest it holds. */
export function deleteMarker(scope: Scope): Parcel {
  return deletion({ table: tableOf('marker'), cookie: markerCookie(scope), cookieMask: anyVersion });
}

/** Deletes the markers of all scopes: the next connection compares everything. */
export function deleteAllMarkers(): Parcel {
  return deletion({ table: tableOf('marker'), cookie: prefix, cookieMask: cookiePrefixMask });
}

/** The cookie of a scope's marker with the version left 0. */
export function markerCookie(scope: Scope): bigint {
  if (scope.type === 'global')
    return encodeCookie({ fragmentKind: reservedKinds.globalMarker, number: 0, version: 0 });
  const fragmentKind = scope.type === 'vpc' ? reservedKinds.vpcMarker : reservedKinds.hostMarker;
  return encodeCookie({ fragmentKind, number: scope.number, version: 0 });
}

/** A cookie without its version: what two versions of one fragment have in common. */
export function withoutVersion(cookie: bigint): bigint {
  return cookie & anyVersion;
}

/** The cookie of an encoded flow-mod. */
export function cookieOf(flowMod: Uint8Array): bigint {
  return new DataView(flowMod.buffer, flowMod.byteOffset).getBigUint64(cookieOffset);
}

/** Asks for our marker flows only. */
export function markersRequest(): MultipartRequest {
  return dumpRequest(tableOf('marker'));
}

/** Asks for all flows of ours. */
export function flowsRequest(): MultipartRequest {
  return dumpRequest(allTables);
}

function dumpRequest(table: number): MultipartRequest {
  return {
    type: 'multipart-request',
    part: 'flow-desc',
    table,
    cookie: prefix,
    cookieMask: cookiePrefixMask,
  };
}

/** The flows of a fragment, with the messages that go before them when the switch has no version of it. */
export function additionOf(fragment: StoredFragment, isNew: boolean): Parcel {
  const flows: Parcel = { bytes: fragment.bytes, flowMods: fragment.flowCount };
  return isNew && fragment.before.length > 0 ? join([...fragment.before.map(messageParcel), flows]) : flows;
}

/** The messages that follow when the flows of a fragment were sent. */
export function aftermathOf(fragment: StoredFragment): Parcel[] {
  return fragment.after.map(messageParcel);
}

/** Removes a fragment for good, with what came along with it. */
export function removalOf({ cookie, whenGone }: StoredFragment): Parcel {
  return join([deleteByCookie(cookie), ...whenGone.map(messageParcel)]);
}

/** One message on its way. */
export function messageParcel(message: Message): Parcel {
  return { bytes: encode(message), flowMods: message.type === 'flow-mod' ? 1 : 0 };
}

/** One parcel with the bytes of all, in order. */
export function join(parcels: readonly Parcel[]): Parcel {
  const [first] = parcels;
  if (first && parcels.length === 1) return first;
  let flowMods = 0;
  for (const parcel of parcels) flowMods += parcel.flowMods;
  return { bytes: Buffer.concat(parcels.map((parcel) => parcel.bytes)), flowMods };
}
