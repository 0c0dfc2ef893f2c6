import { Problems } from "./problems.ts";

/** Reads query fields and notes what is wrong with them: read fields in the order of the contract's table. */
export class Query {
  readonly #parameters: URLSearchParams;
  readonly #problems: Problems;

  constructor(parameters: URLSearchParams, problems = new Problems()) {
    this.#parameters = parameters;
    this.#problems = problems;
  }

  /** Of a repeated key the first value counts; an empty one counts as absent. */
  optional(name: string): string | undefined {
    const value = this.#parameters.get(name);
    return value === null || value === "" ? undefined : value;
  }

  /** A blank value is as good as none. Answers `""` then; the problem is noted. */
  required(name: string): string {
    const value = this.optional(name);
    if (value !== undefined && value.trim() !== "") return value;
    this.#problems.required(name);
    return "";
  }

  reject(name: string): void {
    this.#problems.invalid(name);
  }

  assertValid(): void {
    this.#problems.assertNone();
  }
}

type Bounds = { readonly fallback: number; readonly min: number; readonly max: number };

/** `limit` and `offset`: never an error. Not wholly an integer or below the minimum: the default; above the maximum: the maximum. */
export function boundedInteger(text: string | undefined, { fallback, min, max }: Bounds): number {
  if (text === undefined || !/^[0-9]+$/.test(text)) return fallback;
  const value = Number(text);
  return value < min ? fallback : Math.min(value, max);
}
