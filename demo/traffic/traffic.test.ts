import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { jwtVerify } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../lib/free-port.ts";
import { waitUntil } from "../../lib/processes.ts";
import { NORTH, USERS } from "../seed/identities.ts";
import { createOperators } from "./operators.ts";
import { startTraffic, type Traffic } from "./traffic.ts";

const SECRET = "a secret for tests only";
const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const untilRequests = (traffic: Traffic, count: number): Promise<boolean> => waitUntil(() => traffic.summary().requests >= count, 10_000);

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe("startTraffic", () => {
  it("makes requests at about the rate asked for, over a few kept connections", async () => {
    const sockets = new Set<unknown>();
    const baseUrl = await serve((request, response) => {
      sockets.add(request.socket);
      response.end("{}");
    });
    const startedAt = performance.now();
    const traffic = await startTraffic({ baseUrl, authSecret: SECRET, ratePerSecond: 100, concurrency: 4 });
    await untilRequests(traffic, 100);
    const tookMs = performance.now() - startedAt;
    const { requests, failures, byStatus, byEndpoint, p50Ms, p99Ms } = await traffic.stop();
    expect(tookMs).toBeGreaterThan(950);
    expect(sockets.size).toBeLessThanOrEqual(4);
    expect([failures, byStatus["200"]]).toEqual([0, requests]);
    expect(Object.values(byEndpoint).reduce((sum, count) => sum + count, 0)).toBe(requests);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(p50Ms).toBeGreaterThan(0);
  });

  it("learns contacts from the lists and asks for their threads", async () => {
    const targets: string[] = [];
    const baseUrl = await serve((request, response) => {
      targets.push(request.url ?? "");
      response.end(JSON.stringify({ contacts: [{ id: "contact-one", jid: "15551000001@s.whatsapp.net" }] }));
    });
    const traffic = await startTraffic({ baseUrl, authSecret: SECRET, ratePerSecond: 200, concurrency: 8 });
    await waitUntil(() => targets.some((target) => target.startsWith("/api/whatsapp/chat-messages?contactId=contact-one")), 10_000);
    await traffic.stop();
    expect(targets).toContainEqual(expect.stringContaining("/api/whatsapp/chat-messages?contactId=contact-one"));
  });

  it("skips what is due while the server is slow instead of queueing it", async () => {
    let inFlight = 0;
    let most = 0;
    const baseUrl = await serve((_, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.end("{}");
      }, 100);
    });
    const traffic = await startTraffic({ baseUrl, authSecret: SECRET, ratePerSecond: 200, concurrency: 3 });
    await untilRequests(traffic, 20);
    const { requests, skipped } = await traffic.stop();
    expect(most).toBe(3);
    expect(skipped).toBeGreaterThan(requests);
  });

  it("counts no answer and a 5xx as failures, and another status than the contract's as unexpected", async () => {
    const refused = await startTraffic({ baseUrl: `http://127.0.0.1:${await freePort()}`, authSecret: SECRET, ratePerSecond: 100 });
    await untilRequests(refused, 2);
    expect(await refused.stop()).toMatchObject({ failures: expect.any(Number) as number, byStatus: {}, unexpected: 0, p50Ms: 0 });
    expect(refused.summary().failures).toBe(refused.summary().requests);

    const broken = await startTraffic({
      baseUrl: await serve((_, response) => response.writeHead(503).end()),
      authSecret: SECRET,
      ratePerSecond: 100,
    });
    await untilRequests(broken, 5);
    const { requests, failures, unexpected } = await broken.stop();
    expect([failures, unexpected]).toEqual([requests, requests]);
  });

  it("makes no request after it was stopped", async () => {
    let count = 0;
    const baseUrl = await serve((_, response) => {
      count += 1;
      response.end("{}");
    });
    const traffic = await startTraffic({ baseUrl, authSecret: SECRET, ratePerSecond: 200 });
    await untilRequests(traffic, 5);
    const { requests } = await traffic.stop();
    await sleep(100);
    expect([count, traffic.summary().requests]).toEqual([requests, requests]);
  });
});

const bearerOf = (headers: Readonly<Record<string, string>>): string => (headers["authorization"] ?? "").replace("Bearer ", "");

describe("createOperators", () => {
  it("signs HS256 tokens with the claims of the contract, valid ones and expired ones", async () => {
    const operators = await createOperators(SECRET, new Date());
    const key = new TextEncoder().encode(SECRET);
    const { payload, protectedHeader } = await jwtVerify(bearerOf(operators[0]?.headers ?? {}), key);
    const { id: sub, email, role } = USERS[0] ?? {};
    expect(payload).toEqual({ sub, email, role, tenantId: NORTH.id, exp: expect.any(Number) as number });
    expect(protectedHeader).toEqual({ alg: "HS256" });
    await expect(jwtVerify(bearerOf(operators[0]?.expiredHeaders ?? {}), key)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
  });
});
