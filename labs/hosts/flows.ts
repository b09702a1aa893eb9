import { LabError } from './errors.ts';
import type { FlowLine } from './types.ts';

/** What ovs-ofctl prints before the match; everything else is match. */
const headerField =
  /^(?:(?:cookie|duration|table|n_packets|n_bytes|idle_timeout|hard_timeout|idle_age|hard_age|importance)=|(?:send_flow_rem|check_overlap|reset_counts|no_packet_counts|no_byte_counts)$)/;

/** Reads the output of `ovs-ofctl dump-flows`. Throws `unexpected-output` at a line that is no flow. */
export function parseFlows(dump: string): FlowLine[] {
  const lines = dump.split('\n').map((line) => line.trim());
  // The first line of an answer is a heading: OFPST_FLOW reply (OF1.5) (xid=0x2):
  return lines.filter((line) => line !== '' && !line.startsWith('OFPST_FLOW ')).map(parseFlow);
}

function parseFlow(text: string): FlowLine {
  const split = text.indexOf('actions=');
  const words = text.slice(0, Math.max(0, split)).split(/,? +/);
  const fields = new Map<string, string>();
  let match = '';
  for (const word of words.filter((candidate) => candidate !== '')) {
    if (!headerField.test(word)) {
      match = word;
      continue;
    }
    const [name = '', value = ''] = word.split('=');
    fields.set(name, value);
  }
  const cookie = fields.get('cookie');
  if (split < 0 || cookie === undefined) {
    throw new LabError('unexpected-output', `ovs-ofctl dump-flows: not a flow: ${text}`);
  }
  const priority = /^priority=(\d+),?/.exec(match);
  return {
    cookie: BigInt(cookie),
    table: Number(fields.get('table') ?? 0),
    priority: priority === null ? 32_768 : Number(priority[1]),
    packets: Number(fields.get('n_packets')),
    bytes: Number(fields.get('n_bytes')),
    match: priority === null ? match : match.slice(priority[0].length),
    actions: text.slice(split + 'actions='.length),
    text,
  };
}
