import { scopeKey } from '../pipeline/index.ts';
import { ChunkWriter } from './chunk-writer.ts';
import {
  anyVersions,
  type CookieCounts,
  contentsOfHost,
  hasForeignMarker,
  isComplete,
  type Markers,
  markerIsEqual,
  missingFragments,
  staleCookies,
} from './comparison.ts';
import type { Context } from './context.ts';
import { dumpFlows } from './dump.ts';
import {
  additionOf,
  aftermathOf,
  deleteByCookie,
  flowsRequest,
  markerCookie,
  markersRequest,
  withoutVersion,
} from './messages.ts';
import { deleteStaleMeters } from './meters.ts';
import type { Session } from './session.ts';

/**
 * Brings a newly connected switch to the desired state and makes its session live.
 *
 * Equal markers end it at once. Otherwise all flows of ours are counted by cookie, and that count is kept up to date
 * with what is written. Commits meanwhile only mark the session: the comparison is repeated until it finds nothing
 * to do, always against the state of that moment.
 * @throws Error when the connection ends or falls silent
 */
export async function resync(session: Session, context: Context): Promise<void> {
  const { desired, metrics } = context;
  const { host } = session;
  metrics.resyncs++;
  const markers = await readMarkers(session, context);
  const contents = contentsOfHost(desired, host.hostId);
  const different = contents.filter((content) => !markerIsEqual(markers, content));
  if (!host.uncertain) {
    metrics.skippedScopes += contents.length - different.length;
    if (different.length === 0 && !hasForeignMarker(markers, contents)) {
      session.goLive(true);
      return;
    }
  }
  host.uncertain = true;
  const present = await countFlows(session, context);
  await withdrawMarkers(session, context, markers, present.counts);
  do {
    session.changedMeanwhile = false;
    await sendMissing(session, context, present);
    if (!session.changedMeanwhile) await deleteStale(session, context, present);
    if (!session.changedMeanwhile) await deleteStaleMeters(session, context);
  } while (session.changedMeanwhile);
  session.goLive(false);
  for (const content of contentsOfHost(desired, host.hostId)) {
    if (!markerIsEqual(markers, content)) session.writeMarker(scopeKey(content.scope));
  }
}

async function readMarkers(session: Session, { limits }: Context): Promise<Markers> {
  const markers: Markers = new Map();
  await dumpFlows(session, markersRequest(), limits.resyncMs, (flow) => {
    markers.set(withoutVersion(flow.cookie), flow);
  });
  return markers;
}

/** What a switch has of flows of ours. */
interface Present {
  readonly counts: CookieCounts;
  /** Cookies with a flow that does more than drop. */
  readonly passing: Set<bigint>;
}

async function countFlows(session: Session, { limits, metrics }: Context): Promise<Present> {
  const counts: CookieCounts = new Map();
  const passing = new Set<bigint>();
  metrics.dumps++;
  await dumpFlows(session, flowsRequest(), limits.resyncMs, ({ cookie, instructions }) => {
    counts.set(cookie, (counts.get(cookie) ?? 0) + 1);
    if (instructions.length > 0) passing.add(cookie);
  });
  return { counts, passing };
}

/** A marker must not promise a state that is being changed: those that differ go first and come back last. */
async function withdrawMarkers(
  session: Session,
  context: Context,
  markers: Markers,
  present: CookieCounts,
): Promise<void> {
  const contents = contentsOfHost(context.desired, session.host.hostId);
  const wanted = new Map(contents.map((content) => [markerCookie(content.scope), content]));
  const writer = new ChunkWriter(session, context.limits.resyncMs);
  for (const [identity, { cookie }] of markers) {
    const content = wanted.get(identity);
    if (content && markerIsEqual(markers, content)) continue;
    markers.delete(identity);
    present.delete(cookie);
    await writer.add(deleteByCookie(cookie));
  }
  await writer.flush();
}

async function sendMissing(session: Session, context: Context, { counts, passing }: Present): Promise<void> {
  const { desired, limits } = context;
  const missing = missingFragments(contentsOfHost(desired, session.host.hostId), counts);
  const writer = new ChunkWriter(session, limits.resyncMs);
  let versions: Set<bigint> | undefined;
  for (const { scope, key } of missing) {
    // Read only now: it may have changed, or be gone, while the switch was slow.
    const fragment = desired.scope(scope)?.fragments.get(key);
    if (!fragment || isComplete(fragment, counts)) continue;
    versions ??= anyVersions(counts);
    const isNew = !versions.has(withoutVersion(fragment.cookie));
    counts.set(fragment.cookie, fragment.flowCount);
    if (!fragment.denies) passing.add(fragment.cookie);
    await writer.add(additionOf(fragment, isNew));
    for (const parcel of aftermathOf(fragment)) await writer.add(parcel);
  }
  await writer.flush();
}

/**
 * New flows stand before this is called, so that what replaces a stale flow is there already. What only drops goes last: the
 * flows that it kept something from may be stale, too.
 */
async function deleteStale(session: Session, context: Context, { counts, passing }: Present): Promise<void> {
  const stale = staleCookies(contentsOfHost(context.desired, session.host.hostId), counts);
  const writer = new ChunkWriter(session, context.limits.resyncMs);
  for (const cookie of stale.sort((a, b) => Number(passing.has(b)) - Number(passing.has(a)))) {
    counts.delete(cookie);
    await writer.add(deleteByCookie(cookie));
  }
  await writer.flush();
}
