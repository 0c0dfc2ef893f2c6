export type EnvSource = Readonly<Record<string, string | undefined>>;

type Range = { readonly fallback: number; readonly min: number; readonly max: number };

/** Reads variables and notes what is wrong with them, so that one message can name it all. An empty variable counts as absent. */
export class EnvReader {
  readonly problems: string[] = [];
  readonly #source: EnvSource;

  constructor(source: EnvSource) {
    this.#source = source;
  }

  optional(name: string): string | undefined {
    const value = this.#source[name];
    return value === "" ? undefined : value;
  }

  list(name: string): readonly string[] {
    const texts = (this.optional(name) ?? "").split(",").map((text) => text.trim());
    return texts.filter((text) => text !== "");
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.optional(name) ?? String(fallback);
    if (text !== "true" && text !== "false") this.problems.push(`${name}: expected true or false`);
    return text === "true";
  }

  integer(name: string, { fallback, min, max }: Range): number {
    const text = this.optional(name) ?? String(fallback);
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.problems.push(`${name}: expected a whole number from ${min} to ${max}, got "${text}"`);
    return fallback;
  }
}

export function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}
