import { Counter, type Registry } from "prom-client";

export type TallyOptions = { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };

const SEPARATOR = "\n";

/** A counter for what happens with every request: counted in a plain map, handed to Prometheus when it is scraped. */
export class Tally {
  readonly #counts = new Map<string, number>();

  constructor(registry: Registry, { name, help, labelNames }: TallyOptions) {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const [key, count] of this.#counts) {
          const values = key.split(SEPARATOR);
          counter.inc(Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ""])), count);
        }
      },
    });
  }

  /** One more, with the labels' values in order. */
  add(...values: readonly string[]): void {
    const key = values.join(SEPARATOR);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}
