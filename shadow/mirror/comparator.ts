import type { Budget } from "../core/budget.ts";
import type { CompareOptions, Comparison } from "../core/compare.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Exchange } from "../core/exchange.ts";
import { judge, type Judged, type Reads } from "../core/judge.ts";
import { isOutside } from "../core/path.ts";
import type { Place } from "../core/redirect.ts";
import { activeRules } from "../core/rules.ts";
import { claimsOf, credentialOf, type Claims, type SubjectOptions } from "../core/subject.ts";
import type { Difference, Observation, Outcome, System } from "../core/types.ts";
import type { Volatility } from "../core/volatility.ts";
import type { WriteClock } from "../core/write-clock.ts";
import type { WriteExcuses } from "../core/write-excuses.ts";
import type { Asker } from "./asker.ts";
import type { IdMemory } from "../core/id-memory.ts";
import { askAgain, compareReads, compareTwo, questionOf } from "./re-read.ts";

export type ComparatorParts = {
  readonly asker: Pick<Asker, "ask">;
  readonly volatility: Volatility;
  readonly clock: WriteClock;
  readonly excuses: WriteExcuses;
  readonly budget: Budget;
  readonly ids: IdMemory;
  readonly subject: SubjectOptions;
  /** Where both systems live, as their redirects may say. */
  readonly urls: Readonly<Record<System, string>>;
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
  const decision = await judgeExchange(exchange, endpoint, parts);
  // What a race paired by accident must not be held against every later answer.
  if (TEACHING.has(decision.outcome)) parts.ids.learn(endpoint.id, decision.comparison?.idPairs ?? []);
  return decision;
}

/** Outcomes whose pairs of ids were pairs of the same fact. */
const TEACHING: ReadonlySet<Outcome> = new Set(["matched", "equivalent", "drift"]);

async function judgeExchange(exchange: Exchange, endpoint: Endpoint, parts: ComparatorParts): Promise<Decision> {
  const claims = claimsOf(credentialOf(exchange.headers, parts.subject.cookies), parts.subject);
  const none = { drifts: [], claims };
  const answer = await parts.asker.ask(questionOf(exchange, endpoint, exchange.candidate));
  if (answer.kind === "timeout") return { ...none, outcome: "candidateTimeout" };
  if (answer.kind === "failed") return { ...none, outcome: "candidateError", reason: answer.reason };
  const candidate = answer.observation;
  const options = optionsOf(exchange, endpoint, parts);
  const comparison = compareTwo(exchange.primary, candidate, options);
  const known = { ...none, comparison, candidate };
  const { kind } = comparison;
  if (kind === "matched" || kind === "equivalent") parts.excuses.clear(endpoint.id);
  if (kind !== "different") return { ...known, ...settle(comparison, { outcome: kind === "undecided" ? "notComparable" : kind }) };
  if (isOneSidedNotModified(exchange.primary, candidate, endpoint)) return { ...known, outcome: "notComparable", reason: "conditional" };
  if (!isSafeToRepeat(exchange, endpoint)) return { ...known, outcome: "notComparable", reason: "re-read not allowed" };
  if (isKnownNoise(comparison, endpoint, parts.volatility)) return { ...known, ...settle(comparison, { outcome: "noise" }) };
  if (!parts.budget.take(Date.now())) return { ...known, outcome: "notComparable", reason: "re-read budget" };
  const again = await askAgain(parts.asker, exchange, endpoint);
  if ("kind" in again) return { ...known, outcome: "notComparable", reason: `re-read ${again.kind}` };
  const reads = compareReads({ first: comparison, a: exchange.primary, b: candidate, a2: again.primary, b2: again.candidate }, options);
  if (isWithoutEvidence(reads)) return { ...known, outcome: "notComparable", reason: "the primary answered otherwise" };
  return { ...known, ...settle(comparison, conclude(judge(reads), { exchange, endpoint, claims, parts })) };
}

function optionsOf({ request, headers }: Exchange, endpoint: Endpoint, { ids, urls }: ComparatorParts): CompareOptions {
  const today = new Date().toISOString().slice(0, 10);
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const asAsked = host === undefined ? [] : [`http://${host}`, `https://${host}`].map((text) => text.toLowerCase());
  const placeOf = (system: System, target: string): Place => ({ origins: [new URL(urls[system]).origin, ...asAsked], target });
  return {
    spec: { ...endpoint.spec, rules: activeRules(endpoint.spec.rules, today) },
    idMappings: ids.of(endpoint.id),
    isBytesOnly: endpoint.class === "stream",
    places: { legacy: placeOf("legacy", request.target), nest: placeOf("nest", request.candidateTarget) },
  };
}

/** What could not be compared is never a match, nor noise: the ledger says why. Drift beside it is drift. */
function settle({ undecided }: Comparison, conclusion: Conclusion): Conclusion {
  if (undecided === undefined || conclusion.outcome === "drift") return conclusion;
  return { outcome: undecided === "content-encoding" ? "overCap" : "notComparable", reason: undecided };
}

/** The bodies differed, and the primary's second answer was of another kind (an error, or too long to keep): nothing can be said. */
function isWithoutEvidence({ first, primary }: Reads): boolean {
  const isAboutBody = first.differences.some(({ at }) => !isOutside(at));
  return isAboutBody && (!primary.isBodyCompared || primary.undecided !== undefined);
}

type Conclusion = Pick<Decision, "outcome"> & Partial<Pick<Decision, "drifts" | "reason">>;

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
    const standing = parts.clock.wasTouched(span) ? drifts.filter((each) => !isExcused(each, endpoint, parts.excuses)) : drifts;
    if (standing.length === 0) return { outcome: "notComparable", reason: "written meanwhile", drifts: [] };
    return { outcome: "drift", drifts: standing.map(({ difference, verdict }) => ({ difference, isIntermittent: verdict === "intermittent" })) };
  }
  return { outcome: verdicts.some(({ verdict }) => verdict === "raced") ? "raced" : "noise", drifts: [] };
}

/** Whether the write between the reads may have made this difference. */
function isExcused({ difference, verdict, didCandidateMove }: Judged, endpoint: Endpoint, excuses: WriteExcuses): boolean {
  const isSteady = verdict === "drift" && !didCandidateMove;
  return !isSteady || excuses.excuse(endpoint.id, `${difference.kind} ${difference.path}`);
}

/** Remembers how values moved, once per path and re-read, however many rows of a list show it. */
function noteMovements(judged: readonly Judged[], endpoint: Endpoint, volatility: Volatility): void {
  for (const path of new Set(judged.map(({ difference }) => difference.path))) {
    const there = judged.filter(({ difference }) => difference.path === path);
    const didPrimaryMove = there.some(({ verdict }) => verdict === "noise" || verdict === "raced");
    // A candidate that showed a value of the primary's follows it, also when its two reads fell behind the same change.
    const didCandidateMove = there.some((each) => each.didCandidateMove || each.verdict === "raced");
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
