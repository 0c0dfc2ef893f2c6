import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../domain/src/endpoints.ts";
import { COVERAGE_PAGE, renderCoverage, renderProbe, sumOf, TARGET_NAMES } from "./coverage.ts";
import { ENDPOINT_IDS, endpointOf } from "./endpoint-index.ts";

const rowsOf = (page: string): Map<string, number[]> =>
  new Map(
    page
      .split("\n")
      .filter((line) => /^\| [a-z]+\.[a-zA-Z]+ [ \d|]+$/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .map(([, id = "", ...counts]) => [id, counts.slice(0, TARGET_NAMES.length).map(Number)]),
  );

describe("the coverage page", () => {
  it("has every endpoint of the index, with cases against each target", () => {
    const rows = rowsOf(readFileSync(COVERAGE_PAGE, "utf8"));
    expect([...rows.keys()]).toEqual(ENDPOINT_IDS);
    for (const [id, counts] of rows) expect([id, counts.map((count) => count > 0)]).toEqual([id, TARGET_NAMES.map(() => true)]);
  });

  it("names what the two-tenant probe asks", () => {
    expect(readFileSync(COVERAGE_PAGE, "utf8")).toContain(renderProbe());
  });

  it("adds up what the files of a run kept", () => {
    const file = { cases: { "sessions.list": { legacy: 2, nest: 3 } }, ledger: { matched: 1 } };
    const rows = rowsOf(renderCoverage([file, file]));
    expect(rows.get("sessions.list")).toEqual([4, 6, 0]);
    expect(rows.get("media.get")).toEqual([0, 0, 0]);
    expect(sumOf([file.ledger, file.ledger, { drift: 1 }])).toEqual({ matched: 2, drift: 1 });
  });
});

describe("the index", () => {
  it("has every endpoint that is served", () => {
    expect(Object.keys(ENDPOINTS).filter((id) => !ENDPOINT_IDS.includes(id))).toEqual([]);
  });

  it.each([
    ["GET", "/api/whatsapp/sessions?x=1", "sessions.list"],
    ["HEAD", "/api/v1/whatsapp/sessions/health", "sessions.health"],
    ["POST", "/api/whatsapp/contacts/mark-read", "conversation.markRead"],
    ["POST", "/api/whatsapp/contacts/15550001001@s.whatsapp.net/session/open", "conversation.open"],
    ["POST", "/api/internal/whatsapp/messages/status", "ingest.status"],
    ["PUT", "/api/whatsapp/test-qr", "sessions.testQr"],
    ["GET", "/api/whatsapp/nope", undefined],
  ])("knows that %s %s is %s", (method, target, id) => {
    expect(endpointOf(method, target)).toBe(id);
  });
});
