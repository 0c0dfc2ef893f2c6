import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../domain/src/endpoints.ts";
import { createClient } from "../../testing/contract/client.ts";
import { outline, untilCalm } from "../../testing/contract/outline.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { startSystem, SYSTEM_NAMES } from "../../testing/systems.ts";
import { seedDemo } from "../seed/seed.ts";
import { createOperators } from "./operators.ts";
import { createScript } from "./script.ts";
import { startTraffic } from "./traffic.ts";

/** The demo's traffic over the demo's rows, against each real system. */

const AUTH_SECRET = "a secret for the traffic's own test";
const PLAYED_MS = 10_000;
/** Half of what is due: the machine may be busy with other tests. (An idle one makes all 500.) */
const REQUESTS_AT_LEAST = 250;

/** Requests of the script made to both. */
const COMPARED = 400;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  await seedDemo({ url: database.url, now: new Date() });
});

afterAll(() => database.drop());

describe.each(SYSTEM_NAMES)("traffic to %s", (name) => {
  it("gets the statuses it expects, from every endpoint, at its rate", async () => {
    const system = await startSystem(name, { databaseUrl: database.url, authSecret: AUTH_SECRET });
    try {
      const traffic = await startTraffic({ baseUrl: system.baseUrl, authSecret: AUTH_SECRET });
      await sleep(PLAYED_MS);
      const { requests, failures, unexpected, byEndpoint, byStatus } = await traffic.stop();
      expect({ failures, unexpected }).toEqual({ failures: 0, unexpected: 0 });
      expect(requests).toBeGreaterThanOrEqual(REQUESTS_AT_LEAST);
      const reads = Object.values(ENDPOINTS).filter((endpoint) => endpoint.class === "read");
      expect(Object.keys(byEndpoint).toSorted()).toEqual(reads.map(({ id }) => id).toSorted());
      expect(Object.keys(byStatus)).toEqual(["200", "400", "401", "403", "404"]);
    } finally {
      await system.stop();
    }
  });
});

describe("legacy and nest", () => {
  it("answer the traffic's requests alike", async () => {
    const [legacy, nest] = await Promise.all([
      startSystem("legacy", { databaseUrl: database.url, authSecret: AUTH_SECRET }),
      startSystem("nest", { databaseUrl: database.url, authSecret: AUTH_SECRET }),
    ]);
    const clients = [createClient(legacy.baseUrl), createClient(nest.baseUrl)] as const;
    try {
      await untilCalm();
      const script = createScript(await createOperators(AUTH_SECRET, new Date()), { seed: 7, ratePerSecond: 50 });
      const differences: unknown[] = [];
      for (let count = 0; count < COMPARED; count += 1) {
        const { target, headers, expectedStatus, tenantId } = script.next();
        const replies = await Promise.all(clients.map((client) => client.send({ target, headers })));
        const [one, other] = replies.map(outline);
        if (one !== other || replies[0]?.status !== expectedStatus) differences.push({ target, expectedStatus, legacy: one, nest: other });
        script.learn(tenantId, replies[0]?.json);
      }
      expect(differences).toEqual([]);
    } finally {
      await Promise.all([...clients.map((client) => client.close()), legacy.stop(), nest.stop()]);
    }
  });
});
