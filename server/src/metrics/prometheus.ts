// The metrics in the text format of Prometheus. prom-client writes the text; it holds nothing and is on the way of nothing: each
// value is read where it is counted, at the moment somebody asks.

import { Counter, Gauge, Histogram as PromHistogram, Registry } from 'prom-client';
import { type Family, families, type Observed } from './families.js';
import type { Histogram } from './histogram.js';

type Shown = Awaited<ReturnType<PromHistogram['get']>>;

/** prom-client declares an enum of these words, and has none. */
const HISTOGRAM = 'histogram' as unknown as Shown['type'];

/** One whose buckets are filled elsewhere. */
class ReadHistogram extends PromHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => Histogram;

  constructor({ name, help }: Family, registry: Registry, read: () => Histogram) {
    super({ name, help, registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  override async get(): Promise<Shown> {
    const { bounds, counts, sum, perShownUnit } = this.#read();
    const values: Shown['values'] = [];
    const say = (suffix: string, value: number, labels: Shown['values'][number]['labels'] = {}): void =>
      void values.push({ metricName: `${this.#name}_${suffix}`, value, labels });
    let count = 0;
    for (const [bucket, observations] of counts.entries()) {
      count += observations;
      const bound = bounds[bucket];
      say('bucket', count, { le: bound === undefined ? '+Inf' : bound / perShownUnit });
    }
    say('sum', sum / perShownUnit);
    say('count', count);
    return { name: this.#name, help: this.#help, type: HISTOGRAM, values, aggregator: 'sum', collect: () => undefined };
  }

  /** Its buckets are not prom-client's, whose way to write them this replaces. */
  getForPromString(): Promise<Shown> {
    return this.get();
  }
}

function register(family: Family, registry: Registry, observed: Observed): void {
  if (family.type === 'histogram') {
    new ReadHistogram(family, registry, () => family.read(observed));
    return;
  }
  const { name, help, labels, read } = family;
  const settings = {
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect(this: Counter | Gauge) {
      this.reset();
      // Without labels that leaves a 0, also where nothing is known.
      if (labels.length === 0) this.remove();
      return read(observed, (value, ...words) => {
        this.inc(Object.fromEntries(labels.map((label, at) => [label, words[at] ?? ''])), value);
      });
    },
  };
  if (family.type === 'counter') new Counter(settings);
  else new Gauge(settings);
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export class MetricsPage {
  readonly #registry = new Registry();
  #rendering: Promise<string> | null = null;

  constructor(observed: Observed) {
    for (const family of families) register(family, this.#registry, observed);
  }

  /** Who asks while it is being made gets the same: asking often costs no more than asking without a pause. */
  render(): Promise<string> {
    this.#rendering ??= this.#registry.metrics().finally(() => {
      this.#rendering = null;
    });
    return this.#rendering;
  }
}
