import type { Redactor } from "../../lib/redact.ts";
import type { Difference, Json } from "../core/types.ts";

/** Stored values are cut to this many characters of JSON. */
const MAX_VALUE_LENGTH = 4_096;

/** One redacted instance of a drift between emissions: everything in it is safe to store, show and log. */
export type EmissionExemplar = {
  readonly request: { readonly event: string; readonly tenant: string | null };
  readonly legacy: { readonly value: unknown };
  readonly nest: { readonly value: unknown };
  readonly verdict: "drift";
};

export type EmissionInstance = { readonly event: string; readonly tenant: string | undefined; readonly difference: Difference };

/** The circumstances of an instance in one short token: one of each is worth keeping. */
export function varietyOf({ event, tenant, difference }: EmissionInstance, redactor: Redactor): string {
  return redactor.identity(JSON.stringify([event, tenant, difference.legacyShape, difference.nestShape]));
}

/** Redacts first, then cuts: nothing raw leaves this function. */
export function toExemplar({ event, tenant, difference }: EmissionInstance, redactor: Redactor): EmissionExemplar {
  const memberKey = /\.([\w$-]+)$/.exec(difference.path)?.[1];
  const side = (value: Json | undefined) => ({ value: value === undefined ? null : cut(redact(value, memberKey, redactor)) });
  return {
    request: { event, tenant: tenant === undefined ? null : redactor.identity(tenant) },
    legacy: side(difference.legacy),
    nest: side(difference.nest),
    verdict: "drift",
  };
}

/** A member is redacted under its own name: a status word may stay, a name may not. */
function redact(value: Json, memberKey: string | undefined, redactor: Redactor): unknown {
  if (memberKey === undefined) return redactor.json(value);
  return Object.values(redactor.json({ [memberKey]: value }) as Record<string, unknown>)[0];
}

function cut(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= MAX_VALUE_LENGTH ? value : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}
