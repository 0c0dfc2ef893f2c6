import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { parseConfig } from "../../shadow/config.ts";
import { examineRetired } from "./retired.ts";

let legacy: ScriptedUpstream;

beforeAll(async () => {
  legacy = await startUpstream((request, response) => {
    const isGone = request.url?.startsWith("/api/whatsapp/transfer-requests") === true || request.method === "POST";
    response.writeHead(isGone ? 410 : 401).end();
  });
});
afterAll(async () => {
  await legacy.close();
});

const { endpoints } = parseConfig("extends: whatsapp", "test").config;

it("names every route of a retired family that legacy still answers, and asks nothing of others", async () => {
  const checks = await examineRetired(legacy.url, endpoints, new Set(["transfers"]));
  expect(checks.filter(({ outcome }) => outcome === "failed").map(({ detail }) => detail)).toEqual([
    "GET /api/whatsapp/contacts/:contactId/transfer-status still answers 401, expected 410",
  ]);
  expect(checks.filter(({ outcome }) => outcome === "ok").length).toBeGreaterThanOrEqual(4);
  expect(legacy.requests.every(({ url, headers }) => url.includes("transfer") && headers.authorization === undefined)).toBe(true);
});

it("has nothing to say while no family is retired", async () => {
  expect(await examineRetired(legacy.url, endpoints, new Set())).toEqual([]);
});
