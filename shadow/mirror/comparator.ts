import type { Budget } from "../core/budget.ts";
import { compare, type CompareOptions, type Comparison } from "../core/compare.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Exchange } from "../core/exchange.ts";
import { judge, type Judged } from "../core/judge.ts";
import { activeRules } from "../core/rules.ts";
import { claimsOf, credentialOf, type Claims, type SubjectOptions } from "../core/subject.ts";
import type { Difference, Observation, Outcome } from "../core/types.ts";
import type { Volatility } from "../core/volatility.ts";
import type { WriteClock } from "../core/write-clock.ts";
import type { Asker } from "./asker.ts";
import type { IdMemory } from "./id-memory.ts";
import { askAgain, compareReads, orient, questionOf } from "./re-read.ts";

export type ComparatorParts = {
  readonly asker: Asker;
  readonly volatility: Volatility;
  readonly clock: WriteClock;
  readonly budget: Budget;
  readonly ids: IdMemory;
  readonly subject: SubjectOptions;
};

/** What became of one exchange. Differences are raw: the recorder redacts them. */
export type Decision = {
  readonly outcome: Outcome;
  /** Why it could not be compared, for `notComparable` and failures. */
  readonly reason?: string;
  readonly comparison?: Comparison;
  readonly candidate?: Observation;
  readonly drifts: readonly { readonly difference: Difference; readonly isIntermittent: boolean }[];
  readonly claims: Claims;
};

/** Takes one exchange from "answered" to "decided": ask the candidate, compare, and where they differ ask both again and judge. */
export async function decide(exchange: Exchange, endpoint: Endpoint, parts: ComparatorParts): Promise<Decision> {
  const claims = claimsOf(credentialOf(exchange.headers, parts.subject.cookies), parts.subject);
  const none = { drifts: [], claims };
  const answer = await parts.asker.ask(questionOf(exchange, endpoint, exchange.candidate));
  if (answer.kind === "timeout") return { ...none, outcome: "candidateTimeout" };
  if (answer.kind === "failed") return { ...none, outcome: "candidateError", reason: answer.reason };
  if (answer.kind === "undecodable") return { ...none, outcome: "overCap", reason: "content-encoding" };
  const candidate = answer.observation;
  const options = optionsOf(endpoint, parts.ids);
  const comparison = compare(orient(exchange.primary, candidate), options);
  parts.ids.learn(endpoint.id, comparison.idPairs);
  const known = { ...none, comparison, candidate };
  if (comparison.kind !== "different") return { ...known, outcome: comparison.kind };
  if (isOneSidedNotModified(exchange.primary, candidate, endpoint)) return { ...known, outcome: "notComparable", reason: "conditional" };
  if (!isSafeToRepeat(exchange, endpoint)) return { ...known, outcome: "notComparable", reason: "re-read not allowed" };
  if (isKnownNoise(comparison, endpoint, parts.volatility)) return { ...known, outcome: "noise" };
  if (!parts.budget.take(Date.now())) return { ...known, outcome: "notComparable", reason: "re-read budget" };
  const again = await askAgain(parts.asker, exchange, endpoint);
  if ("kind" in again) return { ...known, outcome: "notComparable", reason: `re-read ${again.kind}` };
  const reads = compareReads({ first: comparison, a: exchange.primary, b: candidate, a2: again.primary, b2: again.candidate }, options);
  return { ...known, ...conclude(judge(reads), { exchange, endpoint, claims, parts }) };
}

function optionsOf(endpoint: Endpoint, ids: IdMemory): CompareOptions {
  const today = new Date().toISOString().slice(0, 10);
  return { spec: { ...endpoint.spec, rules: activeRules(endpoint.spec.rules, today) }, idMappings: ids.of(endpoint.id) };
}

type Conclusion = Pick<Decision, "outcome" | "drifts"> & { readonly reason?: string };

function conclude(
  judged: readonly Judged[],
  context: { readonly exchange: Exchange; readonly endpoint: Endpoint; readonly claims: Claims; readonly parts: ComparatorParts },
): Conclusion {
  const { exchange, endpoint, claims, parts } = context;
  noteMovements(judged, endpoint, parts.volatility);
  const verdicts = judged.map((each) => withFrozen(each, endpoint, parts.volatility));
  const drifts = verdicts.filter(({ verdict }) => verdict === "drift" || verdict === "intermittent");
  if (drifts.length > 0) {
    const span = { tenant: claims.tenant, family: endpoint.family, fromMs: exchange.startedAtMs, toMs: Date.now() };
    if (parts.clock.wasTouched(span)) return { outcome: "notComparable", reason: "written meanwhile", drifts: [] };
    return { outcome: "drift", drifts: drifts.map(({ difference, verdict }) => ({ difference, isIntermittent: verdict === "intermittent" })) };
  }
  return { outcome: verdicts.some(({ verdict }) => verdict === "raced") ? "raced" : "noise", drifts: [] };
}

/** Remembers how values moved, once per path and re-read, however many rows of a list show it. */
function noteMovements(judged: readonly Judged[], endpoint: Endpoint, volatility: Volatility): void {
  for (const path of new Set(judged.map(({ difference }) => difference.path))) {
    const there = judged.filter(({ difference }) => difference.path === path);
    const didPrimaryMove = there.some(({ verdict }) => verdict === "noise" || verdict === "raced");
    const didCandidateMove = there.some((each) => each.didCandidateMove);
    volatility.observe(endpoint.id, path, { didPrimaryMove, didCandidateMove });
    volatility.conclude(endpoint.id, path, { isNoise: there.every(({ verdict }) => verdict === "noise"), didCandidateMove, nowMs: Date.now() });
  }
}

/** A candidate whose value never moves while the primary's always does is a stub. */
function withFrozen(judged: Judged, endpoint: Endpoint, volatility: Volatility): Judged {
  const { difference, verdict } = judged;
  if (verdict !== "noise" || difference.kind !== "value-change" || !volatility.isFrozen(endpoint.id, difference.path)) return judged;
  return { ...judged, difference: { ...difference, kind: "frozen-value" }, verdict: "drift" };
}

function isKnownNoise({ differences }: Comparison, endpoint: Endpoint, volatility: Volatility): boolean {
  return differences.every(({ kind, path }) => kind === "value-change" && volatility.isKnownNoise(endpoint.id, path, Date.now()));
}

function isSafeToRepeat({ request }: Exchange, endpoint: Endpoint): boolean {
  return endpoint.mirror.reRead && (request.method === "GET" || request.method === "HEAD");
}

/** One side said "not modified", the other sent the body: whether they agree cannot be seen unless their etags are compared. */
function isOneSidedNotModified(primary: Observation, candidate: Observation, endpoint: Endpoint): boolean {
  const statuses = [primary.status, candidate.status];
  return statuses.includes(304) && statuses.includes(200) && !endpoint.spec.headers.includes("etag");
}
