import * as fc from "fast-check";
import type { DriftKind } from "../core/types.ts";
import { anyScalar, annotated, NULL, withId, type List, type Members, type Node, type Scalar } from "./annotated-documents.ts";

/** A change to a document, and what a comparison must say of it: so much, there, and nothing else. */
export type Mutation = { readonly mutated: Node; readonly expected: readonly Finding[] };
export type Finding = { readonly kind: DriftKind; readonly path: string };

/** Where in a document something is, and how to put something else there. */
type Spot = {
  readonly node: Node;
  readonly path: string;
  readonly owner: "root" | "member" | "row";
  readonly by: List["by"] | undefined;
  readonly put: (node: Node) => Node;
};

/** One random change to a document, at a random place. */
export function mutationOf(document: Node): fc.Arbitrary<Mutation> {
  const mutations = spotsOf(document).flatMap((spot) => [...changesOf(spot), ...changesWithin(spot)]);
  return fc.constantFrom(...mutations).chain((mutation) => mutation);
}

function spotsOf(document: Node): Spot[] {
  const spots: Spot[] = [];
  const visit = (spot: Spot): void => {
    spots.push(spot);
    const { node, path, put } = spot;
    if (node.node === "object") {
      node.members.forEach(([key, value], index) => {
        if (key === "id") return; // what rows are told apart by is no field among others
        const replace = (other: Node): Node => put({ ...node, members: node.members.with(index, [key, other]) });
        visit({ node: value, path: path + keyPart(key), owner: "member", by: undefined, put: replace });
      });
    }
    if (node.node === "list") {
      node.rows.forEach((row, index) => {
        visit({ node: row, path: `${path}[*]`, owner: "row", by: node.by, put: (other) => put({ ...node, rows: node.rows.with(index, other) }) });
      });
    }
  };
  visit({ node: document, path: "$", owner: "root", by: undefined, put: (node) => node });
  return spots;
}

/** How a key is written in a path, by the words of the interface: plain, `{*}` for ids, quoted for the rest. */
function keyPart(key: string): string {
  if (key === "42" || key.includes("@")) return "{*}";
  return ["a", "b", "c", "status", "added", "__proto__", "constructor", "id"].includes(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

const one = (mutated: Node, kind: DriftKind, path: string): Mutation => ({ mutated, expected: [{ kind, path }] });

/** The value itself becomes another. */
function changesOf({ node, path, by, put }: Spot): fc.Arbitrary<Mutation>[] {
  if (node.node !== "scalar") {
    if (by === "key") return []; // a row that is no object any more takes the key from all others
    const other: Node = node.node === "list" ? { node: "object", members: [] } : { node: "list", by: "place", rows: [] };
    return [fc.constant(one(put(other), "type-change", path))];
  }
  const others = anyScalar.filter((scalar) => scalar.text !== node.text && (by !== "value" || isTextOrNumber(scalar)));
  return [
    others.map((other) => {
      const mutated = put(other);
      if (by !== "value") return one(mutated, kindOf(node, other), path);
      return {
        mutated,
        expected: [
          { kind: "item-missing", path },
          { kind: "item-extra", path },
        ],
      };
    }),
  ];
}

const isTextOrNumber = ({ type }: Scalar): boolean => type === "string" || type === "number";

function kindOf(before: Scalar, after: Scalar): DriftKind {
  if (before.type !== after.type) return "type-change";
  return before.format === after.format ? "value-change" : "format-change";
}

/** Something in it is added, removed or moved. */
function changesWithin({ node, path, put }: Spot): fc.Arbitrary<Mutation>[] {
  if (node.node === "object") return changesOfMembers(node, path, put);
  return node.node === "list" ? changesOfRows(node, path, put) : [];
}

function changesOfMembers(node: Members, path: string, put: (node: Node) => Node): fc.Arbitrary<Mutation>[] {
  const added = (value: Node): Mutation => {
    const mutated = put({ ...node, members: [...node.members, ["added", value]] });
    return one(mutated, isNull(value) ? "null-vs-absent" : "extra-field", path + keyPart("added"));
  };
  const dropped = node.members.flatMap(([key, value], index) => {
    if (key === "id") return [];
    const mutated = put({ ...node, members: node.members.toSpliced(index, 1) });
    return [one(mutated, isNull(value) ? "null-vs-absent" : "missing-field", path + keyPart(key))];
  });
  const adding = fc.oneof(fc.constant<Node>(NULL), annotated).map(added);
  return dropped.length === 0 ? [adding] : [adding, fc.constantFrom(...dropped)];
}

const isNull = (node: Node): boolean => node.node === "scalar" && node.type === "null";

function changesOfRows(node: List, path: string, put: (node: Node) => Node): fc.Arbitrary<Mutation>[] {
  const { rows } = node;
  const inserting = fc
    .tuple(fc.nat(rows.length), newRow(node))
    .map(([at, row]) => one(put({ ...node, rows: rows.toSpliced(at, 0, row) }), "item-extra", `${path}[*]`));
  if (rows.length === 0) return [inserting];
  const removing = fc.nat(rows.length - 1).map((at) => one(put({ ...node, rows: rows.toSpliced(at, 1) }), "item-missing", `${path}[*]`));
  const moving = fc.tuple(fc.nat(rows.length - 1), fc.nat(rows.length - 1)).map(([from, to]) => {
    const moved = rows.toSpliced(from, 1).toSpliced(to, 0, rows[from] ?? NULL);
    const isSame = JSON.stringify(moved) === JSON.stringify(rows);
    return isSame ? { mutated: put(node), expected: [] } : one(put({ ...node, rows: moved }), "order-change", path);
  });
  return [inserting, removing, moving];
}

/** A row that fits the list: one like the others, or one of them once more. */
function newRow({ by, rows }: List): fc.Arbitrary<Node> {
  const again = rows.length === 0 ? [] : [fc.constantFrom(...rows)];
  if (by === "key") return fc.oneof(fc.constant<Node>(withId({ node: "object", members: [["a", NULL]] }, "a new row")), ...again);
  return by === "value" ? fc.oneof(anyScalar.filter(isTextOrNumber), ...again) : fc.oneof(fc.constant<Node>(NULL), ...again);
}
