import type { FlowLine } from '@weft/labs/hosts';
import { decodeCookie } from '../../controller/pipeline/index.ts';

/** Flows that a switch has learned by itself; they come and go with traffic. */
const learnedKind = 63;

function isOurs(cookie: bigint): boolean {
  const parts = decodeCookie(cookie);
  return parts !== undefined && parts.fragmentKind !== learnedKind;
}

/** Where a switch's flows are not those that it should have: by cookie, and how many of each. */
export function* flowDifferences(
  host: string,
  flows: readonly FlowLine[],
  wanted: ReadonlyMap<bigint, number>,
): Generator<string> {
  const found = new Map<bigint, FlowLine[]>();
  for (const flow of flows) {
    if (isOurs(flow.cookie)) found.set(flow.cookie, [...(found.get(flow.cookie) ?? []), flow]);
  }
  for (const [cookie, count] of wanted) {
    const present = found.get(cookie)?.length ?? 0;
    if (present !== count) yield `${host}: ${present} flows instead of ${count} of ${describe(cookie)}`;
  }
  for (const [cookie, [first]] of found) {
    if (!wanted.has(cookie)) yield `${host}: leaked flow of ${describe(cookie)}: ${first?.text}`;
  }
}

function describe(cookie: bigint): string {
  const parts = decodeCookie(cookie);
  return `0x${cookie.toString(16)} (fragment kind ${parts?.fragmentKind}, number ${parts?.number})`;
}

/** Markers hold a digest of everything, port numbers included, which differ without any fault. */
const isMarker = (cookie: bigint) => (decodeCookie(cookie)?.fragmentKind ?? 0) >= 60;

/**
 * Everything that a switch has of ours, as text: to compare a start with an end. Ports are told by name, and there are
 * no cookies and counters, because ports have other numbers when ovs-vswitchd was started again.
 */
export function flowTexts(flows: readonly FlowLine[], ports: ReadonlyMap<string, string>): string[] {
  const named = (text: string) =>
    text.replace(
      /(in_port=|output:)(\d+)/g,
      (_, word: string, port: string) => word + (ports.get(port) ?? port),
    );
  return flows
    .filter(({ cookie }) => isOurs(cookie))
    .map(({ cookie, table, priority, match, actions }) =>
      isMarker(cookie) ? `marker ${match}` : `${table} ${priority} ${named(`${match} ${actions}`)}`,
    )
    .sort();
}
