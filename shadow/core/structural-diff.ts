import deepDiff from "deep-diff";
import type { Aligned } from "./align.ts";
import type { Json } from "./types.ts";

/** One place where two aligned trees differ; undefined where a side has nothing. */
export type StructuralChange = { readonly at: readonly string[]; readonly legacy: Json | undefined; readonly nest: Json | undefined };

/**
 * The structural walk: deep-diff on aligned trees. By itself it compares lists by position and misses a new key "";
 * here lists are maps already and no key is empty (see align). Values of other types on the two sides are not descended into.
 */
export function structuralDiff({ legacy, nest }: Aligned): StructuralChange[] {
  return (deepDiff.diff(legacy, nest) ?? []).map((change) => {
    const at = placeOf(change.path ?? []);
    switch (change.kind) {
      case "N":
        return { at, legacy: undefined, nest: change.rhs };
      case "D":
        return { at, legacy: change.lhs, nest: undefined };
      case "E":
        return { at, legacy: change.lhs, nest: change.rhs };
      case "A":
        throw new Error("an aligned tree holds no list at the same place on both sides");
    }
  });
}

/** Two exact numbers differ below themselves, in a field that is no segment. */
function placeOf(path: readonly string[]): string[] {
  return path.filter((part) => part !== "decimal");
}
