const ID_LENGTH = 24;
/** As many digits as one draw of 32 bits fills. */
const DIGITS_PER_DRAW = { 16: 8, 36: 6 } as const;

export type Weighted<Value> = readonly (readonly [value: Value, weight: number])[];

export type Random = ReturnType<typeof createRandom>;

/** A seeded generator (mulberry32): the same seed gives the same sequence on every machine. Not for secrets. */
export function createRandom(seed: number) {
  let state = seed >>> 0;

  /** A number from 0 up to, not including, 1. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number from `min` to `max`, both included. */
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const chance = (probability: number): boolean => next() < probability;
  /** One item of a list that is not empty. */
  const pick = <Item>(items: readonly Item[]): Item => items[int(0, items.length - 1)] as Item;
  /** One value of a list that is not empty, as often as its weight says. */
  const weighted = <Value>(choices: Weighted<Value>): Value => {
    let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    const hit = choices.find(([, weight]) => (rest -= weight) < 0) ?? choices.at(-1);
    return (hit as Weighted<Value>[number])[0];
  };
  const digits = (radix: 16 | 36, length: number): string => {
    let text = "";
    while (text.length < length) {
      const size = Math.min(DIGITS_PER_DRAW[radix], length - text.length);
      text += Math.floor(next() * radix ** size)
        .toString(radix)
        .padStart(size, "0");
    }
    return text;
  };
  /** A row id: `c` and 24 of `[a-z0-9]`, as `cuid()` makes them. */
  const id = (): string => `c${digits(36, ID_LENGTH)}`;
  const hex = (length: number): string => digits(16, length);

  return { next, int, chance, pick, weighted, id, hex };
}
