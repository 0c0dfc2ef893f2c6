import { actorOf } from "./member.ts";
import { Problems } from "./problems.ts";

export type TextRule = {
  /** Code points, after trimming when it is trimmed. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly isTrimmed?: true;
};

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the fields of a JSON body and notes what is wrong with them, as `Query` does: read fields in the order of the table.
 * `null` counts as absent. A required field that is not there answers an empty value, the problem is noted.
 */
export class Body {
  readonly #fields: JsonObject;
  readonly #problems: Problems;
  readonly #prefix: string;

  constructor(fields: JsonObject, problems = new Problems(), prefix = "") {
    this.#fields = fields;
    this.#problems = problems;
    this.#prefix = prefix;
  }

  text(name: string, rule: TextRule = {}): string {
    return this.#isMissing(name) ? this.#require(name, "") : (this.#text(name, rule) ?? "");
  }

  optionalText(name: string, rule: TextRule = {}): string | undefined {
    return this.isAbsent(name) ? undefined : this.#text(name, rule);
  }

  /** A text, or `null` with a meaning of its own; only its absence is a problem. */
  nullableText(name: string, rule: TextRule = {}): string | null {
    return this.has(name) && this.raw(name) === null ? null : this.text(name, rule);
  }

  choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    return this.#isMissing(name) ? this.#require(name, undefined) : this.#choice(name, values);
  }

  optionalChoice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    return this.isAbsent(name) ? undefined : this.#choice(name, values);
  }

  optionalBoolean(name: string): boolean | undefined {
    if (this.isAbsent(name)) return undefined;
    const value = this.raw(name);
    return typeof value === "boolean" ? value : this.reject(name);
  }

  /** The fields of a required object, whose names carry `name.` in front. */
  object(name: string): Body {
    const value = this.raw(name);
    if (isObject(value)) return new Body(value, this.#problems, `${this.#prefix}${name}.`);
    if (this.#isMissing(name)) this.#require(name, undefined);
    else this.reject(name);
    return new Body({}, this.#problems);
  }

  /** A user id that must be the caller's own (`assertActor`): absent, null, `""` and the text `null` all mean the caller. */
  actor(name: string): string | undefined {
    return actorOf(this.optionalText(name));
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  isAbsent(name: string): boolean {
    return (this.raw(name) ?? null) === null;
  }

  raw(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined;
  }

  reject(name: string): undefined {
    this.#problems.invalid(`${this.#prefix}${name}`);
    return undefined;
  }

  #isMissing(name: string): boolean {
    const value = this.raw(name) ?? null;
    return value === null || (typeof value === "string" && value.trim() === "");
  }

  #require<Empty>(name: string, empty: Empty): Empty {
    this.#problems.required(`${this.#prefix}${name}`);
    return empty;
  }

  #text(name: string, rule: TextRule): string | undefined {
    const value = this.raw(name);
    const text = typeof value === "string" ? (rule.isTrimmed ? value.trim() : value) : undefined;
    return text !== undefined && isAllowed(text, rule) ? text : this.reject(name);
  }

  #choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.raw(name);
    return values.find((each) => each === value) ?? this.reject(name);
  }
}

/** Half a surrogate pair, or U+0000. */
// oxlint-disable-next-line no-control-regex
const NEVER_STORED = /[\p{Surrogate}\u0000]/u;

/** Well-formed Unicode without U+0000, which PostgreSQL cannot store; lengths are code points. */
function isAllowed(text: string, { min = 0, max = Infinity, pattern }: TextRule): boolean {
  if (NEVER_STORED.test(text)) return false;
  const length = codePoints(text);
  return length >= min && length <= max && (pattern === undefined || pattern.test(text));
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
