import { ORDER_SEGMENT, toTemplate } from "./path.ts";
import { caseless, formatOf, shapeOf, typeOfJson } from "./shape.ts";
import type { StructuralChange } from "./structural-diff.ts";
import type { Difference, DriftKind, Json } from "./types.ts";

/** Names a change: one kind, the template of its path, and the shapes of both sides. */
export function classify(change: StructuralChange): Difference {
  const { at, legacy, nest } = change;
  if (at.at(-1) === ORDER_SEGMENT)
    return { path: toTemplate(at), at, kind: "order-change", legacyShape: "legacy's order", nestShape: "another order", legacy, nest };
  return { path: toTemplate(at), at, kind: kindOf(change), legacyShape: shapeOf(legacy), nestShape: shapeOf(nest), legacy, nest };
}

function kindOf({ at, legacy, nest }: StructuralChange): DriftKind {
  const last = at.at(-1) ?? "";
  if (last.startsWith("[")) {
    if (nest === undefined) return "item-missing";
    if (legacy === undefined) return "item-extra";
  }
  if (nest === undefined) return legacy === null ? "null-vs-absent" : "missing-field";
  if (legacy === undefined) return nest === null ? "null-vs-absent" : "extra-field";
  return kindOfValues(legacy, nest);
}

/** Two values at one place: another type, another format, or another value. Letter case alone is a matter of format. */
export function kindOfValues(legacy: Json, nest: Json): "type-change" | "format-change" | "value-change" {
  if (typeOfJson(legacy) !== typeOfJson(nest)) return "type-change";
  if (formatOf(legacy) !== formatOf(nest)) return "format-change";
  return isSameButForCase(legacy, nest) ? "format-change" : "value-change";
}

function isSameButForCase(legacy: Json, nest: Json): boolean {
  return typeof legacy === "string" && typeof nest === "string" && caseless(legacy) === caseless(nest);
}
