import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Definition, definitions, type MetricName, type NameOf } from './definitions.ts';

type Instrument = Counter | Gauge | Histogram;

/**
 * One set of all metrics, with those of the Node process. Each controller has its own, so that several can run in one
 * process without counting for each other.
 */
export class Instruments {
  readonly registry = new Registry();
  readonly #instruments = new Map<MetricName, Instrument>();

  constructor() {
    for (const [name, definition] of Object.entries<Definition>(definitions)) {
      this.#instruments.set(name as MetricName, makeInstrument(name, definition, this.registry));
    }
    collectDefaultMetrics({ register: this.registry });
  }

  counter(name: NameOf<'counter'>): Counter {
    return this.#instruments.get(name) as Counter;
  }

  gauge(name: NameOf<'gauge'>): Gauge {
    return this.#instruments.get(name) as Gauge;
  }

  histogram(name: NameOf<'histogram'>): Histogram {
    return this.#instruments.get(name) as Histogram;
  }
}

function makeInstrument(
  name: string,
  { type, help, labels = [], buckets = [] }: Definition,
  registry: Registry,
): Instrument {
  const settings = { name, help, labelNames: labels, registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(settings);
    case 'gauge':
      return new Gauge(settings);
    case 'histogram':
      return new Histogram({ ...settings, buckets: [...buckets] });
  }
}
