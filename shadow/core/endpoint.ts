import { isIdKey } from "./path.ts";
import type { CompareSpec } from "./rules.ts";

/** Which configured endpoint a request belongs to. Paths are compared as sent: no decoding, no normalisation. */

export type EndpointPattern = { readonly method: string; readonly path: string };

export type Endpoint = {
  readonly id: string;
  readonly family: string;
  readonly class: "read" | "write" | "send" | "stream";
  readonly match: readonly EndpointPattern[];
  /** Where nest has it; the same path when absent. */
  readonly candidatePath?: string;
  readonly mirror: { readonly sample: number; readonly reRead: boolean };
  readonly capture: { readonly maxBytes: number };
  readonly spec: CompareSpec;
};

export type EndpointMatch<E extends Endpoint = Endpoint> = {
  readonly endpoint: E;
  readonly params: Readonly<Record<string, string>>;
  readonly template: string;
};

type Route = { readonly segments: readonly string[]; readonly template: string; readonly endpoint: Endpoint };

/** `GET` covers `HEAD`. A route of fixed segments wins over one with parameters; the query is no part of the path. */
export class EndpointTable {
  readonly #routes = new Map<string, Route[]>();

  constructor(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      for (const { method, path } of endpoint.match) {
        const segments = path.split("/");
        const key = `${method} ${segments.length}`;
        const routes = this.#routes.get(key) ?? [];
        routes.push({ segments, template: path, endpoint });
        this.#routes.set(
          key,
          routes.toSorted((one, other) => countParams(one) - countParams(other)),
        );
      }
    }
  }

  find(method: string, target: string): EndpointMatch | undefined {
    const segments = pathOf(target).split("/");
    for (const covering of method === "HEAD" ? ["HEAD", "GET"] : [method]) {
      for (const route of this.#routes.get(`${covering} ${segments.length}`) ?? []) {
        const params = matchSegments(route.segments, segments);
        if (params !== undefined) return { endpoint: route.endpoint, params, template: route.template };
      }
    }
    return undefined;
  }
}

/** The target with the path of the candidate's own template, parameters and query kept. */
export function candidateTarget(match: EndpointMatch, target: string): string {
  const template = match.endpoint.candidatePath;
  if (template === undefined) return target;
  const segments = template.split("/").map((segment) => (segment.startsWith(":") ? (match.params[segment.slice(1)] ?? "") : segment));
  return segments.join("/") + target.slice(pathOf(target).length);
}

export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** Names of the query keys, sorted, once each. Values are data and never looked at, nor are keys that are ids. */
export function queryKeysOf(target: string): string[] {
  const query = target.slice(pathOf(target).length + 1);
  const keys = query.split("&").map((part) => part.split("=", 1)[0] ?? "");
  return [...new Set(keys.filter((key) => /^[\w.[\]-]{1,64}$/.test(key) && !isIdKey(key)))].toSorted();
}

function countParams(route: { readonly segments: readonly string[] }): number {
  return route.segments.filter((segment) => segment.startsWith(":")).length;
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let index = 0; index < pattern.length; index += 1) {
    const expected = pattern[index] ?? "";
    const actual = segments[index] ?? "";
    if (expected.startsWith(":") && actual !== "") params[expected.slice(1)] = actual;
    else if (expected !== actual) return undefined;
  }
  return params;
}
