import { expect, test } from "vitest";
import { judgeBatch, judgeReport } from "./judge-answer.ts";

const result = { key: "A", outcome: "created", id: "row", error: null };
const UNKNOWN = { error: "Session not found or access denied" };

test.each([
  [200, { success: true, results: [result] }, { kind: "stored", results: [result] }],
  [200, { success: true, results: [] }, { kind: "unavailable", isFault: false }],
  [200, "<html>", { kind: "unavailable", isFault: false }],
  [404, UNKNOWN, { kind: "unknown-session" }],
  [404, { error: "Not found" }, { kind: "unavailable", isFault: false }],
  [400, { error: "items is invalid" }, { kind: "refused", problem: "items is invalid" }],
  [413, { error: "Payload too large" }, { kind: "too-large" }],
  [500, { error: "Failed to ingest" }, { kind: "unavailable", isFault: true }],
  ...[301, 401, 403, 405, 409, 410, 415, 429, 502, 503, 504].map((status) => [status, {}, { kind: "unavailable", isFault: false }] as const),
] as const)("an answer of %i %o to a batch is %o", (status, body, verdict) => {
  expect(judgeBatch(status, body, 1)).toEqual(verdict);
});

test.each([
  [200, { success: true, outcome: "updated" }, "applied"],
  [200, { success: true, outcome: "unchanged" }, "unchanged"],
  [200, {}, "unavailable"],
  [404, UNKNOWN, "unknown-session"],
  [404, {}, "unavailable"],
  [409, { error: "Lease epoch is stale" }, "stale-epoch"],
  [409, { error: "Session is stopped" }, "stopped"],
  [409, { error: "Something else" }, "unavailable"],
  [400, {}, "rejected"],
  [503, {}, "unavailable"],
] as const)("an answer of %i %o to a state is %s", (status, body, verdict) => {
  expect(judgeReport(status, body)).toBe(verdict);
});
