import type { Comparison } from "../core/compare.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { DryRunQuestion, Exchange } from "../core/exchange.ts";
import { activeRules } from "../core/rules.ts";
import { maskUnknowable } from "../core/send-ledger/mask-unknowable.ts";
import { claimsOf, credentialOf } from "../core/subject.ts";
import type { Difference, Observation } from "../core/types.ts";
import type { Answer } from "./asker.ts";
import type { ComparatorParts, Decision } from "./comparator.ts";
import { compareTwo } from "./re-read.ts";

const NOT_FOUND = 404;
const TOO_MANY = 429;
/** A system without dry runs is asked again after this: it may have got them. */
const OFF_MS = 60_000;
const MAX_VERDICT_BYTES = 1_048_576;

/** Whether nest has dry runs of sends. */
export class DryRunSwitch {
  #offUntilMs = 0;

  isOff(nowMs: number): boolean {
    return nowMs < this.#offUntilMs;
  }

  turnOff(nowMs: number): void {
    this.#offUntilMs = nowMs + OFF_MS;
  }
}

export type DryRunParts = Pick<ComparatorParts, "asker" | "budget" | "subject"> & { readonly dryRuns: DryRunSwitch };

type DryRunExchange = Exchange & { readonly dryRun: DryRunQuestion };

/**
 * Compares what the primary answered to a send with what nest would have answered. A send cannot be asked twice, its dry run
 * can: what nest says only once was the world moving on.
 */
export async function decideDryRun(exchange: DryRunExchange, endpoint: Endpoint, parts: DryRunParts): Promise<Decision> {
  const none = { drifts: [], claims: claimsOf(credentialOf(exchange.headers, parts.subject.cookies), parts.subject) };
  if (parts.dryRuns.isOff(Date.now())) return { ...none, outcome: "sampledOut", reason: "nest has no dry run" };
  // Limits are counted where the send is made: a dry run knows nothing of them.
  if (exchange.primary.status === TOO_MANY) return { ...none, outcome: "notComparable", reason: "rate limit" };
  const first = await ask(exchange, parts);
  if (first.kind !== "verdict") return { ...none, ...first.decision };
  const comparison = compareWith(exchange, endpoint, first.verdict);
  const known = { ...none, comparison, candidate: first.verdict };
  if (comparison.kind === "undecided") return { ...known, outcome: "notComparable", reason: comparison.undecided ?? "undecided" };
  if (comparison.kind !== "different") return { ...known, outcome: comparison.kind };
  if (!parts.budget.take(Date.now())) return { ...known, outcome: "notComparable", reason: "re-read budget" };
  const second = await ask(exchange, parts);
  if (second.kind !== "verdict") return { ...known, outcome: "notComparable", reason: "no second verdict" };
  const again = new Set(compareWith(exchange, endpoint, second.verdict).differences.map(nameOf));
  const steady = comparison.differences.filter((difference) => again.has(nameOf(difference)));
  if (steady.length === 0) return { ...known, outcome: "raced" };
  return { ...known, outcome: "drift", drifts: steady.map((difference) => ({ difference, isIntermittent: false })) };
}

const nameOf = ({ kind, path }: Difference): string => `${kind} ${path}`;

type Asked =
  | { readonly kind: "verdict"; readonly verdict: Observation }
  | { readonly kind: "none"; readonly decision: Pick<Decision, "outcome" | "reason"> };

async function ask({ dryRun, headers }: DryRunExchange, { asker, dryRuns }: DryRunParts): Promise<Asked> {
  const own = headers.filter(([name]) => !ABOUT_THE_BODY.has(name.toLowerCase()));
  const answer = await asker.ask({
    system: "nest",
    method: "POST",
    target: dryRun.target,
    headers: [...own, ["content-type", "application/json"], ["content-length", String(dryRun.body.length)]],
    body: dryRun.body,
    isCandidate: true,
    capture: { maxBytes: MAX_VERDICT_BYTES, isDigestOnly: false },
  });
  if (answer.kind === "timeout") return { kind: "none", decision: { outcome: "candidateTimeout" } };
  if (answer.kind === "failed") return { kind: "none", decision: { outcome: "candidateError", reason: answer.reason } };
  if (answer.observation.status === NOT_FOUND) {
    dryRuns.turnOff(Date.now());
    return { kind: "none", decision: { outcome: "sampledOut", reason: "nest has no dry run" } };
  }
  const verdict = verdictOf(answer);
  if (verdict !== undefined) return { kind: "verdict", verdict };
  return { kind: "none", decision: { outcome: "notComparable", reason: `dry run answered ${answer.observation.status}` } };
}

const ABOUT_THE_BODY: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "idempotency-key",
  "accept-encoding",
  "expect",
]);

/** The answer that nest would have given; undefined for anything that is no verdict. */
function verdictOf({ observation }: Extract<Answer, { kind: "answered" }>): Observation | undefined {
  if (observation.status !== 200 || observation.body.kind !== "bytes") return undefined;
  try {
    const { verdict } = JSON.parse(new TextDecoder().decode(observation.body.bytes)) as { verdict: { status: unknown; body: unknown } };
    if (typeof verdict.status !== "number" || typeof verdict.body !== "object") return undefined;
    const bytes = new TextEncoder().encode(JSON.stringify(verdict.body));
    return { ...observation, status: verdict.status, headers: [["content-type", "application/json"]], body: { kind: "bytes", bytes } };
  } catch {
    return undefined;
  }
}

/** Headers are not part of a verdict. */
function compareWith({ primary, dryRun }: DryRunExchange, { spec }: Endpoint, verdict: Observation): Comparison {
  const masked = (observation: Observation): Observation => {
    const { body } = observation;
    return body.kind === "bytes" ? { ...observation, body: { kind: "bytes", bytes: maskUnknowable(body.bytes, dryRun.unknowable) } } : observation;
  };
  const rules = activeRules(spec.rules, new Date().toISOString().slice(0, 10));
  return compareTwo(masked(primary), masked(verdict), { spec: { ...spec, rules, headers: [] } });
}
