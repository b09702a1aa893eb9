/** One metric: what it is called is the key in `definitions`. */
export interface Definition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What one is: seconds, bytes, or the thing that is counted. */
  readonly unit: string;
  readonly help: string;
  /** Every label has few values, known beforehand: no ids, no addresses, no names that callers choose. */
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const fastSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1] as const;
const callSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10, 60] as const;

/**
 * Every metric of the controller but those of the process itself, in the order of the reference page, which is
 * generated from this table. Names follow Prometheus's rules: the unit at the end, `_total` for counters.
 */
export const definitions = {
  weft_store_commit_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time until a commit was durable.',
    buckets: fastSeconds,
  },
  weft_store_commits_total: { type: 'counter', unit: 'commits', help: 'Commits that were made durable.' },
  weft_store_conflicts_total: {
    type: 'counter',
    unit: 'commits',
    help: 'Commits refused because others were faster; the write is planned anew then.',
  },
  weft_store_failures_total: {
    type: 'counter',
    unit: 'commits',
    help: 'Commits that failed because the store cannot be written.',
  },
  weft_store_revision: {
    type: 'gauge',
    unit: 'revision',
    help: 'Newest revision of the store; it counts commits.',
  },
  weft_resources: {
    type: 'gauge',
    unit: 'resources',
    help: 'Resources by kind, those included that the controller keeps for itself.',
    labels: ['kind'],
  },
  weft_projection_revision: {
    type: 'gauge',
    unit: 'revision',
    help: 'Revision that topology and compiled flows stand at.',
  },
  weft_compile_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time for the topology and the compiler to follow one commit.',
    buckets: fastSeconds,
  },
  weft_compile_fragments_total: {
    type: 'counter',
    unit: 'fragments',
    help: 'Fragments that commits have added, changed or removed.',
  },
  weft_compile_defects_total: {
    type: 'counter',
    unit: 'defects',
    help: 'Fragments that could not be compiled, and features that failed to say what a change affects; see the log.',
  },
  weft_compiled_scopes: {
    type: 'gauge',
    unit: 'scopes',
    help: 'Scopes that hold flows: the global one, VPCs and hosts.',
  },
  weft_compiled_fragments: { type: 'gauge', unit: 'fragments', help: 'Fragments of all scopes.' },
  weft_compiled_flows: {
    type: 'gauge',
    unit: 'flows',
    help: 'Flows of all scopes, each counted once, however many switches have it.',
  },
  weft_compiled_bytes: { type: 'gauge', unit: 'bytes', help: 'Encoded flows of all scopes.' },
  weft_southbound_flow_mods_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Flow-mods written, counted once for each switch.',
  },
  weft_southbound_bytes_total: {
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes written to switches, barriers included.',
  },
  weft_southbound_barriers_total: { type: 'counter', unit: 'messages', help: 'Barriers sent.' },
  weft_southbound_resyncs_total: {
    type: 'counter',
    unit: 'connections',
    help: 'Connections of switches that were adopted and compared with the desired state.',
  },
  weft_southbound_skipped_scopes_total: {
    type: 'counter',
    unit: 'scopes',
    help: 'Scopes that a resync left alone because their digest was equal on the switch.',
  },
  weft_southbound_dumps_total: {
    type: 'counter',
    unit: 'dumps',
    help: 'Dumps of all flows of a switch.',
  },
  weft_southbound_held_fragments_total: {
    type: 'counter',
    unit: 'fragments',
    help: 'Fragments held back until others were confirmed, counted once for each switch.',
  },
  weft_southbound_held_too_long_total: {
    type: 'counter',
    unit: 'fragments',
    help: 'Held fragments that went out because the time was over.',
  },
  weft_southbound_errors_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Error messages from switches.',
  },
  weft_interfaces_contested: {
    type: 'gauge',
    unit: 'interfaces',
    help: 'Network interfaces that several hosts have bound: a live migration, or two VMs with one interface.',
  },
  weft_hosts_registered: { type: 'gauge', unit: 'hosts', help: 'Hosts that agents have registered.' },
  weft_agents_up: {
    type: 'gauge',
    unit: 'hosts',
    help: 'Hosts whose agent has reported within its lease of 15 s.',
  },
  weft_switches_connected: {
    type: 'gauge',
    unit: 'hosts',
    help: 'Hosts whose switch is connected to this controller.',
  },
  weft_hosts_behind_revisions: {
    type: 'gauge',
    unit: 'revisions',
    help: 'How far the host that is farthest behind is from the newest revision, among hosts whose switch is connected (up) and among the others (down).',
    labels: ['openflow'],
  },
  weft_api_request_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from a request to the end of its answer, waiting for hosts included. Watches are not counted: they last as long as the client wants. An address that is no route has the route none; a request that cannot be read is not counted.',
    labels: ['route', 'method', 'status'],
    buckets: callSeconds,
  },
  weft_api_receipt_wait_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time that a caller waited until every affected host had confirmed (applied), or until the answer said which had not (incomplete).',
    labels: ['outcome'],
    buckets: callSeconds,
  },
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof definitions;

/** Names of the metrics of one type. */
export type NameOf<Type extends Definition['type']> = {
  [Name in MetricName]: (typeof definitions)[Name]['type'] extends Type ? Name : never;
}[MetricName];
