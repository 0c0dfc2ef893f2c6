import { AppError } from "../lib/errors.ts";
import type { EndpointConfig, RuleConfig } from "./config-schema.ts";
import type { Endpoint } from "./core/endpoint.ts";
import { parsePattern, type PathPattern } from "./core/path-pattern.ts";
import { refusalOf } from "./core/rule-preview.ts";
import type { Rule } from "./core/rules.ts";

/** Fills in defaults, parses patterns, refuses double ids and rules that would hide everything. */
export function resolveEndpoints(endpoints: readonly EndpointConfig[], file: string): Endpoint[] {
  const ids = new Set<string>();
  return endpoints.map((endpoint, index) => {
    if (ids.has(endpoint.id)) throw new AppError("CONFIG_INVALID", `${file}: endpoints[${index}].id: "${endpoint.id}" is used twice`);
    ids.add(endpoint.id);
    return resolveEndpoint(endpoint, `${file}: endpoints[${index}]`);
  });
}

function resolveEndpoint(endpoint: EndpointConfig, place: string): Endpoint {
  const match = [endpoint.match].flat().map((text) => {
    const [method = "", path = ""] = text.split(" ");
    return { method, path };
  });
  const isRead = match.every(({ method }) => method === "GET" || method === "HEAD");
  return {
    id: endpoint.id,
    family: endpoint.family ?? endpoint.id.split(".", 1)[0] ?? endpoint.id,
    class: endpoint.class ?? (isRead ? "read" : "write"),
    match,
    ...(endpoint.candidatePath === undefined ? {} : { candidatePath: endpoint.candidatePath }),
    mirror: endpoint.mirror,
    capture: endpoint.capture,
    spec: {
      lists: endpoint.compare.arrays.map((list, index) => ({
        pattern: toPattern(list.path, `${place}.compare.arrays[${index}].path`),
        ...(list.key === undefined ? {} : { key: list.key }),
        order: list.order,
      })),
      rules: endpoint.compare.rules.map((rule, index) => toRule(rule, `${place}.compare.rules[${index}]`)),
      headers: endpoint.compare.headers,
    },
  };
}

/** A rule as the pipeline uses it. Throws `CONFIG_INVALID` with the place when its path is no pattern or hides everything. */
export function toRule(config: RuleConfig, place: string): Rule {
  const rule = parseRule(config, place);
  const refused = refusalOf(rule);
  if (refused !== undefined) throw new AppError("CONFIG_INVALID", `${place}.path: ${refused}`);
  return rule;
}

/** A rule that need not be taken. Throws `CONFIG_INVALID` with the place when its path is no pattern. */
export function parseRule(rule: RuleConfig, place: string): Rule {
  const pattern = toPattern(rule.path, `${place}.path`);
  const { owner, reason, expires } = rule;
  const common = { pattern, owner, reason, ...(expires === undefined ? {} : { expires }) };
  switch (rule.as) {
    case "instant":
      return { ...common, as: rule.as, toleranceMs: rule.toleranceMs };
    case "number":
      return { ...common, as: rule.as, tolerance: rule.tolerance };
    default:
      return { ...common, as: rule.as };
  }
}

function toPattern(text: string, place: string): PathPattern {
  const pattern = parsePattern(text);
  if (pattern === undefined) throw new AppError("CONFIG_INVALID", `${place}: expected a path like $.contacts[*].name, got "${text}"`);
  return pattern;
}
