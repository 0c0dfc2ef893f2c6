import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Reply } from "./client.ts";

type ErrorBody = { readonly error: string; readonly details?: string | readonly string[] };

declare module "vitest" {
  // The type parameter must be the one vitest declares.
  interface Matchers<T> {
    /** A JSON reply with this status (default 200) and the exact headers of contract 1.4. */
    toBeJson: (status?: number) => T;
    /** An error reply with exactly this status and body; a text is its `error`. */
    toFailWith: (status: number, body: string | ErrorBody) => T;
    /** 401, the same whatever is wrong with the token. */
    toBeUnauthorized: () => T;
    /** A date (of a reply or a column) or epoch milliseconds within the last half minute. */
    toBeRecent: () => T;
  }
}

const JSON_HEADERS: Readonly<Record<string, string | undefined>> = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  etag: undefined,
};
const SHOWN_CHARS = 300;
const RECENT_MS = 30_000;

/** Columns come without a zone: they are UTC. */
export const instantOf = (value: unknown): number =>
  typeof value === "number" ? value : Date.parse(String(value).endsWith("Z") ? String(value) : `${String(value)}Z`);

function jsonProblems(reply: Reply, status: number): string[] {
  const headers = Object.entries(JSON_HEADERS).filter(([name, value]) => reply.headers[name] !== value);
  return [
    ...(reply.status === status ? [] : [`status ${reply.status} instead of ${status}`]),
    ...headers.map(([name, value]) => `header ${name} is ${reply.headers[name] ?? "absent"} instead of ${value ?? "absent"}`),
    ...(reply.json === undefined ? ["the body is no JSON"] : []),
  ];
}

function errorProblems(reply: Reply, status: number, body: string | ErrorBody): string[] {
  const wanted = typeof body === "string" ? { error: body } : body;
  return [...jsonProblems(reply, status), ...(isDeepStrictEqual(reply.json, wanted) ? [] : [`body is not ${JSON.stringify(wanted)}`])];
}

function toResult(reply: Reply, problems: readonly string[]) {
  return { pass: problems.length === 0, message: () => `${problems.join("; ")}\nthe reply was ${reply.status} ${reply.text.slice(0, SHOWN_CHARS)}` };
}

/** Teaches `expect` the matchers above. */
export function registerMatchers(): void {
  expect.extend({
    toBeJson: (reply: Reply, status = 200) => toResult(reply, jsonProblems(reply, status)),
    toFailWith: (reply: Reply, status: number, body: string | ErrorBody) => toResult(reply, errorProblems(reply, status, body)),
    toBeRecent: (value: unknown) => {
      const distanceMs = Math.abs(Date.now() - instantOf(value));
      return { pass: distanceMs <= RECENT_MS, message: () => `${JSON.stringify(value)} is not within the last ${RECENT_MS} ms` };
    },
    toBeUnauthorized: (reply: Reply) => {
      const challenge = reply.headers["www-authenticate"];
      const problems = challenge === "Bearer" ? [] : [`header www-authenticate is ${challenge ?? "absent"} instead of Bearer`];
      return toResult(reply, [...errorProblems(reply, 401, "Unauthorized"), ...problems]);
    },
  });
}

/** The body of a good JSON reply; throws what is wrong with any other. */
export function bodyOf(reply: Reply): unknown {
  const { pass, message } = toResult(reply, jsonProblems(reply, 200));
  if (!pass) throw new Error(message());
  return reply.json;
}
