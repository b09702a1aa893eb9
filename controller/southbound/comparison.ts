import { decodeMessage, type FlowDescription } from 'node-openflow';
import type { DesiredState, ScopeContent, StoredFragment } from '../compiler/types.ts';
import { decodeCookie, type ScopeKey, scopeKey } from '../pipeline/index.ts';
import { cookieOf, markerCookie, reservedKinds, withoutVersion } from './messages.ts';
import { denialsFirst } from './portion.ts';

/** Marker flows on a switch by their cookie without version. */
export type Markers = Map<bigint, FlowDescription>;

/** How many flows a switch has of each cookie of ours. */
export type CookieCounts = Map<bigint, number>;

/** The scopes of a host with what they should contain, in the order to install. */
export function contentsOfHost(desired: DesiredState, hostId: string): ScopeContent[] {
  const contents: ScopeContent[] = [];
  for (const key of desired.scopesOfHost(hostId)) {
    const content = desired.scope(key);
    if (content) contents.push(content);
  }
  return contents;
}

/** True when the switch's marker of this scope holds the wanted digest. */
export function markerIsEqual(markers: Markers, content: ScopeContent): boolean {
  const found = markers.get(markerCookie(content.scope));
  return found?.cookie === cookieOf(content.marker) && isSameFlow(content.marker, found);
}

/** True when a marker tells of a scope that the host should not have. */
export function hasForeignMarker(markers: Markers, contents: readonly ScopeContent[]): boolean {
  const wanted = new Set(contents.map(({ scope }) => markerCookie(scope)));
  for (const cookie of markers.keys()) if (!wanted.has(cookie)) return true;
  return false;
}

function isSameFlow(encoded: Uint8Array, found: FlowDescription): boolean {
  const wanted = decodeMessage(encoded);
  if (wanted.type !== 'flow-mod' || wanted.priority !== found.priority) return false;
  return canonical([wanted.match, wanted.instructions]) === canonical([found.match, found.instructions]);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
}

/**
 * Fragments that the switch does not have with the right cookie on the right number of flows, in the order to install: first
 * what only drops, in whatever scope, and then from the widest scope to the narrowest.
 */
export function missingFragments(
  contents: readonly ScopeContent[],
  present: CookieCounts,
): { scope: ScopeKey; key: string }[] {
  const missing: StoredFragment[] = [];
  for (const { fragments } of contents) {
    for (const fragment of fragments.values()) if (!isComplete(fragment, present)) missing.push(fragment);
  }
  return denialsFirst(missing).map(({ scope, key }) => ({ scope: scopeKey(scope), key }));
}

export function isComplete(fragment: StoredFragment, present: CookieCounts): boolean {
  return (present.get(fragment.cookie) ?? 0) === fragment.flowCount;
}

/** Cookies of ours that the host should not have. Learned flows stay, and so do markers about to be overwritten. */
export function staleCookies(contents: readonly ScopeContent[], present: CookieCounts): bigint[] {
  const wanted = new Set<bigint>();
  for (const { scope, fragments } of contents) {
    wanted.add(markerCookie(scope));
    for (const { cookie } of fragments.values()) wanted.add(cookie);
  }
  const stale: bigint[] = [];
  for (const cookie of present.keys()) {
    const kind = decodeCookie(cookie)?.fragmentKind;
    if (kind === undefined || kind === reservedKinds.learned) continue;
    const isMarker = kind >= reservedKinds.globalMarker;
    if (!wanted.has(isMarker ? withoutVersion(cookie) : cookie)) stale.push(cookie);
  }
  return stale;
}

/** Cookies without version: tells whether a switch has any version of a fragment. */
export function anyVersions(present: CookieCounts): Set<bigint> {
  const versions = new Set<bigint>();
  for (const cookie of present.keys()) versions.add(withoutVersion(cookie));
  return versions;
}
