import deepDiff from "deep-diff";
import type { Aligned, Leaf } from "./align.ts";
import type { Json } from "./types.ts";

/** One place where two aligned trees differ; undefined where a side has nothing. */
export type StructuralChange = { readonly at: readonly string[]; readonly legacy: Json | undefined; readonly nest: Json | undefined };

/**
 * The structural walk: deep-diff on aligned trees. By itself it compares lists by position and misses a new key "";
 * here lists are maps already and no key is empty (see align). It would descend into any two objects, whatever they stand for:
 * values are functions here, which it takes as they are.
 */
export function structuralDiff({ legacy, nest }: Aligned): StructuralChange[] {
  return (deepDiff.diff(legacy, nest) ?? []).map((change) => {
    const at = (change.path ?? []) as readonly string[];
    switch (change.kind) {
      case "N":
        return { at, legacy: undefined, nest: valueOf(change.rhs) };
      case "D":
        return { at, legacy: valueOf(change.lhs), nest: undefined };
      case "E":
        return { at, legacy: valueOf(change.lhs), nest: valueOf(change.rhs) };
      case "A":
        throw new Error("an aligned tree holds no list at the same place on both sides");
    }
  });
}

/** Aligned trees differ in their leaves only. */
function valueOf(tree: unknown): Json {
  return (tree as Leaf)();
}
