import { kindNames } from '../resources/index.ts';
import type { Metrics as SouthboundCounters } from '../southbound/index.ts';
import type { TopologyView } from '../topology/index.ts';
import type { CompiledTotals } from './compile-meter.ts';
import type { NameOf } from './definitions.ts';
import type { Instruments } from './instruments.ts';
import type { AnsweredRequest, ControllerMetrics } from './types.ts';

/** Whom the metrics ask when they are read. */
export interface MetricSources {
  readonly store: { readonly revision: number };
  readonly view: Pick<TopologyView, 'revision' | 'all' | 'count'>;
  readonly compiled: { readonly totals: Readonly<CompiledTotals> };
  readonly southbound: { readonly metrics: Readonly<SouthboundCounters> };
  /** Interfaces that several hosts claim. */
  readonly contested: { readonly count: number };
  liveness(hostId: string): {
    readonly agent: 'up' | 'down';
    readonly openflow: 'up' | 'down';
    readonly appliedRevision: number;
  };
}

const southboundCounters: Readonly<Record<keyof SouthboundCounters, NameOf<'counter'>>> = {
  flowModsSent: 'weft_southbound_flow_mods_total',
  bytesSent: 'weft_southbound_bytes_total',
  barriers: 'weft_southbound_barriers_total',
  resyncs: 'weft_southbound_resyncs_total',
  skippedScopes: 'weft_southbound_skipped_scopes_total',
  dumps: 'weft_southbound_dumps_total',
  held: 'weft_southbound_held_fragments_total',
  heldTooLong: 'weft_southbound_held_too_long_total',
  errors: 'weft_southbound_errors_total',
};

/** All metrics of one controller. What can be asked of others is asked when somebody reads, and costs nothing before. */
export class PrometheusMetrics implements ControllerMetrics {
  readonly #instruments: Instruments;
  readonly #sources: MetricSources;

  constructor(instruments: Instruments, sources: MetricSources) {
    this.#instruments = instruments;
    this.#sources = sources;
  }

  get contentType(): string {
    return this.#instruments.registry.contentType;
  }

  exposition(): Promise<string> {
    this.#readState();
    this.#readSouthbound();
    this.#readHosts();
    return this.#instruments.registry.metrics();
  }

  requestAnswered({ route, method, status, seconds }: AnsweredRequest): void {
    this.#instruments.histogram('weft_api_request_seconds').observe({ route, method, status }, seconds);
  }

  receiptAwaited(seconds: number, applied: boolean): void {
    const outcome = applied ? 'applied' : 'incomplete';
    this.#instruments.histogram('weft_api_receipt_wait_seconds').observe({ outcome }, seconds);
  }

  #readState(): void {
    const { store, view, compiled, contested } = this.#sources;
    this.#set('weft_interfaces_contested', contested.count);
    this.#set('weft_store_revision', store.revision);
    this.#set('weft_projection_revision', view.revision);
    this.#set('weft_compiled_scopes', compiled.totals.scopes);
    this.#set('weft_compiled_fragments', compiled.totals.fragments);
    this.#set('weft_compiled_flows', compiled.totals.flows);
    this.#set('weft_compiled_bytes', compiled.totals.bytes);
    for (const kind of kindNames) this.#instruments.gauge('weft_resources').set({ kind }, view.count(kind));
  }

  /** The southbound counts for itself: its counters are taken over as they stand. */
  #readSouthbound(): void {
    const { metrics } = this.#sources.southbound;
    for (const [key, name] of Object.entries(southboundCounters)) {
      const counter = this.#instruments.counter(name);
      counter.reset();
      counter.inc(metrics[key as keyof SouthboundCounters]);
    }
  }

  #readHosts(): void {
    const { view, liveness } = this.#sources;
    const hosts = { agents: 0, up: 0, down: 0 };
    const behind = { up: 0, down: 0 };
    for (const { id } of view.all('host')) {
      const { agent, openflow, appliedRevision } = liveness(id);
      if (agent === 'up') hosts.agents++;
      hosts[openflow]++;
      behind[openflow] = Math.max(behind[openflow], view.revision - appliedRevision);
    }
    this.#set('weft_hosts_registered', hosts.up + hosts.down);
    this.#set('weft_agents_up', hosts.agents);
    this.#set('weft_switches_connected', hosts.up);
    for (const openflow of ['up', 'down'] as const) {
      this.#instruments.gauge('weft_hosts_behind_revisions').set({ openflow }, behind[openflow]);
    }
  }

  #set(name: NameOf<'gauge'>, value: number): void {
    this.#instruments.gauge(name).set(value);
  }
}
