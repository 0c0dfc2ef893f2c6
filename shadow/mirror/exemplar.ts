import type { Redactor } from "../../lib/redact.ts";
import type { Exchange } from "../core/exchange.ts";
import { pathOf, queryKeysOf } from "../core/endpoint.ts";
import type { Claims } from "../core/subject.ts";
import type { Difference, Json, Observation, Pair } from "../core/types.ts";

/** Stored values are cut to this many characters of JSON. */
const MAX_VALUE_LENGTH = 4_096;

/** One redacted instance of a drift: everything in it is safe to store, show and log. */
export type ExemplarData = {
  readonly request: {
    readonly method: string;
    readonly template: string;
    readonly query: Readonly<Record<string, string>>;
    readonly tenant: string | null;
    readonly role: string | null;
  };
  readonly legacy: ExemplarSide;
  readonly nest: ExemplarSide;
  readonly verdict: string;
};
type ExemplarSide = { readonly status: number; readonly value: unknown; readonly tookMs: number };

export type ExemplarInput = {
  readonly exchange: Exchange;
  readonly template: string;
  readonly pair: Pair;
  readonly difference: Difference;
  readonly verdict: string;
  readonly claims: Claims;
};

/** The circumstances of an instance in one short token: request, who asked, statuses, shapes and verdict. One of each is worth keeping. */
export function varietyOf({ exchange, template, pair, difference, verdict, claims }: ExemplarInput, redactor: Redactor): string {
  const { legacyShape, nestShape } = difference;
  const query = queryKeysOf(exchange.request.target).join("&");
  const parts = [
    exchange.request.method,
    template,
    query,
    claims.tenant,
    claims.role,
    pair.legacy.status,
    pair.nest.status,
    legacyShape,
    nestShape,
    verdict,
  ];
  return redactor.identity(JSON.stringify(parts));
}

/** Redacts first, then cuts: nothing raw leaves this function. */
export function toExemplar({ exchange, template, pair, difference, verdict, claims }: ExemplarInput, redactor: Redactor): ExemplarData {
  const { tenant, role } = claims;
  const memberKey = /\.([\w$-]+)$/.exec(difference.path)?.[1];
  const side = (observation: Observation, value: Json | undefined): ExemplarSide => ({
    status: observation.status,
    value: value === undefined ? null : cut(redactMember(value, memberKey, redactor)),
    tookMs: Math.round(observation.tookMs * 10) / 10,
  });
  return {
    request: {
      method: exchange.request.method,
      template,
      query: redactQuery(exchange.request.target, redactor),
      tenant: tenant === undefined ? null : redactor.identity(tenant),
      role: role !== undefined && /^[a-z_]{1,32}$/.test(role) ? role : null,
    },
    legacy: side(pair.legacy, difference.legacy),
    nest: side(pair.nest, difference.nest),
    verdict,
  };
}

/** A member is redacted under its own name: a status word may stay, a name may not. */
function redactMember(value: Json, memberKey: string | undefined, redactor: Redactor): unknown {
  if (memberKey === undefined) return redactor.json(value);
  return Object.values(redactor.json({ [memberKey]: value }) as Record<string, unknown>)[0]; // the key itself may have been replaced
}

function redactQuery(target: string, redactor: Redactor): Record<string, string> {
  const query = new URLSearchParams(target.slice(pathOf(target).length));
  return Object.fromEntries(
    queryKeysOf(target).map((key) => [
      key,
      /^(?:\d{1,6}|true|false)$/.test(query.get(key) ?? "") ? (query.get(key) ?? "") : redactor.token(query.get(key) ?? ""),
    ]),
  );
}

function cut(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= MAX_VALUE_LENGTH ? value : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}
