import type { Endpoint } from "../core/endpoint.ts";
import type { Exchange } from "../core/exchange.ts";
import { Budget } from "../core/budget.ts";
import type { Body, HeaderList, Observation, System } from "../core/types.ts";
import { Volatility } from "../core/volatility.ts";
import { WriteClock } from "../core/write-clock.ts";
import { WriteExcuses } from "../core/write-excuses.ts";
import type { Answer } from "../mirror/asker.ts";
import type { ComparatorParts } from "../mirror/comparator.ts";
import { IdMemory } from "../core/id-memory.ts";
import { bytesOf } from "./json-documents.ts";

/** What one of the four reads answers: a JSON value, or whole parts of an answer, or none. */
export type Read = Answer["kind"] | { readonly json: unknown } | { readonly status?: number; readonly headers?: HeaderList; readonly body: Body };

/** A, B, A′, B′ in the order they are asked; the last two are not asked for when the first two are equal. */
export type FourReads = readonly [a: Read, b: Read, a2?: Read, b2?: Read];

export const ENDPOINT: Endpoint = {
  id: "contacts",
  family: "contacts",
  class: "read",
  match: [{ method: "GET", path: "/contacts" }],
  mirror: { sample: 1, reRead: true },
  capture: { maxBytes: 1_000_000 },
  spec: { lists: [], rules: [], headers: ["content-type"] },
};

export function createParts(): Omit<ComparatorParts, "asker"> & { readonly clock: WriteClock } {
  return {
    volatility: new Volatility(),
    clock: new WriteClock(),
    excuses: new WriteExcuses(),
    budget: new Budget(1_000_000),
    ids: new IdMemory(),
    subject: { tenant: "tenantId", user: "sub", role: "role", cookies: [] },
    urls: { legacy: "http://legacy.test", nest: "http://nest.test" },
  };
}

/** An exchange whose primary answered A, and somebody to ask for the others. */
export function scriptReads([a, ...others]: FourReads): {
  readonly exchange: Exchange;
  readonly asker: ComparatorParts["asker"];
  readonly asked: System[];
} {
  const asked: System[] = [];
  const exchange: Exchange = {
    id: "exchange",
    endpointId: ENDPOINT.id,
    stage: "shadow",
    candidate: "nest",
    request: { method: "GET", target: "/contacts", candidateTarget: "/contacts" },
    headers: [],
    primary: observationOf(a, "legacy"),
    startedAtMs: Date.now(),
    minuteMs: 0,
  };
  const asker: ComparatorParts["asker"] = {
    ask: ({ system }) => {
      asked.push(system);
      return Promise.resolve(answerOf(others[asked.length - 1] ?? "failed", system));
    },
  };
  return { exchange, asker, asked };
}

function answerOf(read: Read, system: System): Answer {
  if (read === "timeout") return { kind: read };
  if (read === "failed") return { kind: read, reason: "refused" };
  return { kind: "answered", observation: observationOf(read, system) };
}

function observationOf(read: Read, system: System): Observation {
  if (typeof read === "string") throw new Error(`a read that answered was expected, got "${read}"`);
  const json: HeaderList = [["content-type", "application/json"]];
  if ("json" in read) return { system, status: 200, headers: json, body: { kind: "bytes", bytes: bytesOf(JSON.stringify(read.json)) }, tookMs: 1 };
  return { system, status: read.status ?? 200, headers: read.headers ?? json, body: read.body, tookMs: 1 };
}
