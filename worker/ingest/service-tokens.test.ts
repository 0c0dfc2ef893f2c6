import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { createServiceTokens } from "./service-tokens.ts";

const SECRETS = ["the first secret of two", "the second secret of two"];

test("a token is for one scope and no longer than the contract allows", async () => {
  const tokens = createServiceTokens({ secrets: SECRETS, workerId: "worker-1", nowMs: () => 1_000_000_000_000 });
  const claims = decodeJwt(await tokens.tokenFor("ingest:messages"));
  expect(claims).toMatchObject({ aud: "ingest", sub: "worker-1", scope: "ingest:messages", iat: 1_000_000_000 });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeLessThanOrEqual(300);
});

test("a token is used again until it is about to end, then another one is made", async () => {
  let nowMs = 0;
  const tokens = createServiceTokens({ secrets: SECRETS, workerId: "worker-1", nowMs: () => nowMs });
  const first = await tokens.tokenFor("ingest:media");
  nowMs = 179_000;
  expect(await tokens.tokenFor("ingest:media")).toBe(first);
  nowMs = 181_000;
  expect(await tokens.tokenFor("ingest:media")).not.toBe(first);
});

test("a token of the future, after the clock was set back, is not used", async () => {
  let nowMs = 1_000_000;
  const tokens = createServiceTokens({ secrets: SECRETS, workerId: "worker-1", nowMs: () => nowMs });
  const first = await tokens.tokenFor("ingest:media");
  nowMs = 0;
  expect(await tokens.tokenFor("ingest:media")).not.toBe(first);
});

test("without a secret nothing is signed", () => {
  expect(() => createServiceTokens({ secrets: [], workerId: "worker-1", nowMs: Date.now })).toThrow("SERVICE_TOKEN_SECRET is required");
});
