import { compare, type Comparison, type CompareOptions } from "../core/compare.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Reads } from "../core/judge.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Observation, Pair, System } from "../core/types.ts";
import { measureAlike } from "./decode-body.ts";
import type { Answer, Asker, Question } from "./asker.ts";

/** The question that an exchange puts to one system, again or for the first time. */
export function questionOf(exchange: Exchange, endpoint: Endpoint, system: System): Question {
  const { method, target, candidateTarget } = exchange.request;
  return {
    system,
    method,
    target: system === "nest" ? candidateTarget : target,
    headers: exchange.headers,
    isCandidate: system === exchange.candidate && system === "nest",
    capture: { maxBytes: endpoint.capture.maxBytes, isDigestOnly: endpoint.class === "stream" },
  };
}

/** A′ and then B′, in this order; the first that fails ends it. */
export async function askAgain(
  asker: Pick<Asker, "ask">,
  exchange: Exchange,
  endpoint: Endpoint,
): Promise<{ readonly primary: Observation; readonly candidate: Observation } | Exclude<Answer, { kind: "answered" }>> {
  const primary = await asker.ask(questionOf(exchange, endpoint, exchange.primary.system));
  if (primary.kind !== "answered") return primary;
  const candidate = await asker.ask(questionOf(exchange, endpoint, exchange.candidate));
  if (candidate.kind !== "answered") return candidate;
  return { primary: primary.observation, candidate: candidate.observation };
}

export type FourReads = {
  readonly first: Comparison;
  readonly a: Observation;
  readonly b: Observation;
  readonly a2: Observation;
  readonly b2: Observation;
};

/** Compares the four reads with each other, lists matched as in the first comparison. Ids of one system stand for themselves. */
export function compareReads({ first, a, b, a2, b2 }: FourReads, { idMappings, ...options }: CompareOptions): Reads {
  const known = { ...options, listKeys: first.listKeys };
  const mapped = idMappings === undefined ? known : { ...known, idMappings };
  const itself = (one: Observation, other: Observation): Comparison => {
    const [legacy, nest] = measureAlike(one, other);
    return compare({ legacy, nest }, known);
  };
  const across = (one: Observation, other: Observation): Comparison => compareTwo(one, other, mapped);
  return { first, primary: itself(a, a2), candidate: itself(b, b2), again: across(a2, b2), crossed: across(a2, b) };
}

/** Compares an answer of the primary with one of the candidate. */
export function compareTwo(primary: Observation, candidate: Observation, options: CompareOptions): Comparison {
  return compare(orient(...measureAlike(primary, candidate)), options);
}

/** The pair oriented by system, whatever the roles. */
export function orient(primary: Observation, candidate: Observation): Pair {
  return primary.system === "legacy" ? { legacy: primary, nest: candidate } : { legacy: candidate, nest: primary };
}
