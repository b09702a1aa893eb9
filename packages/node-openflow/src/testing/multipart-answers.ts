import type { FlowSelection, MultipartReply, MultipartRequest } from '../messages/multipart-types.ts';
import { encodeMessage } from '../messages/registry.ts';
import type { Envelope } from '../messages/types.ts';
import { allTables, groups, ports } from '../ports.ts';
import { sendsTo } from './flow-commands.ts';
import { RawFlowMod, type StoredFlow } from './flow-store.ts';
import { flowDescReplies } from './raw-reply.ts';
import type { SwitchSession } from './switch-session.ts';

type Part = MultipartRequest['part'];
type Tell<P extends Part> = (
  session: SwitchSession,
  request: Extract<MultipartRequest, { part: P }>,
) => Omit<Extract<MultipartReply, { part: P }>, 'type' | 'part'>;

function selectFlows(session: SwitchSession, request: FlowSelection): StoredFlow[] {
  const { table = allTables, cookie = 0n, cookieMask = 0n, match = [] } = request;
  const { outPort = ports.any, outGroup = groups.any } = request;
  // Encoding the match as part of a flow-mod gives it the form in which flows are stored.
  const bytes = encodeMessage({ type: 'flow-mod', command: 'delete', table, match, instructions: [] });
  const flows = session.state.store.select({ table, cookie, cookieMask, match: new RawFlowMod(bytes).match });
  return [...flows].filter((flow) => sendsTo(flow, { outPort, outGroup }));
}

const description = {
  manufacturer: 'node-openflow',
  hardware: 'test switch',
  software: '1',
  serialNumber: '',
  datapath: '',
} as const;

/** ovs-ofctl wants to hear of one table at least. */
const firstTable = {
  table: 0,
  name: '',
  metadataMatch: 0n,
  metadataWrite: 0n,
  capabilities: 0,
  maximumEntries: 0,
  properties: [],
} as const;

/** What the switch says about itself, by part. It counts nothing but flows and has no queues. */
const tellers: { readonly [P in Part]?: Tell<P> } = {
  aggregate(session, request) {
    const flows = selectFlows(session, request);
    const sum = (key: 'packetCount' | 'byteCount') =>
      BigInt(flows.reduce((total, flow) => total + flow[key], 0));
    return { packetCount: sum('packetCount'), byteCount: sum('byteCount'), flowCount: flows.length };
  },
  description: () => description,
  'port-desc': ({ state }, request) => ({
    ports: state.ports.filter(({ port }) => (request.port ?? port) === port),
  }),
  'port-stats': () => ({ ports: [] }),
  'group-desc': ({ state }) => ({ groups: [...state.groups.values()] }),
  'group-stats': () => ({ groups: [] }),
  'meter-desc': ({ state }) => ({ meters: [...state.meters.values()] }),
  'meter-stats': () => ({ meters: [] }),
  'table-stats': () => ({ tables: [] }),
  'table-features': () => ({ tables: [firstTable] }),
  'table-desc': () => ({ tables: [] }),
  'queue-stats': () => ({ queues: [] }),
  'queue-desc': () => ({ queues: [] }),
};

/** Answers a multipart request; refuses what the switch knows nothing about. */
export function answerMultipart(
  session: SwitchSession,
  request: MultipartRequest & Envelope,
  bytes: Uint8Array,
): void {
  const { part, xid } = request;
  if (part === 'flow-desc') {
    for (const reply of flowDescReplies(selectFlows(session, request), xid)) session.write(reply);
    return;
  }
  const tell = tellers[part] as Tell<Part> | undefined;
  if (tell) {
    session.send({ type: 'multipart-reply', part, ...tell(session, request) } as MultipartReply, xid);
  } else session.refuse(bytes, 'OFPBRC_BAD_MULTIPART');
}
