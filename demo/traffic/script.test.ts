import { beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../domain/src/endpoints.ts";
import { NORTH, SESSIONS, SOUTH, TENANTS } from "../seed/identities.ts";
import { ACTIONS } from "./actions.ts";
import { createOperators, type Operator } from "./operators.ts";
import { createScript, type PlannedRequest } from "./script.ts";

const RATE = 50;
/** What is planned in 20 s at the default rate. */
const PLANNED = 20 * RATE;

let operators: Operator[];

beforeAll(async () => {
  operators = await createOperators("a secret for tests only", new Date("2026-11-23T12:00:00.000Z"));
});

const contactsOf = (tenantId: string): object => ({
  contacts: [1, 2, 3].map((n) => ({ id: `${tenantId}-${n}`, jid: `1555100000${n}@s.whatsapp.net` })),
});

function play(seed: number, count = PLANNED): PlannedRequest[] {
  const script = createScript(operators, { seed, ratePerSecond: RATE });
  return Array.from({ length: count }, () => {
    const planned = script.next();
    if (planned.endpoint === "contacts.list" && planned.expectedStatus === 200) script.learn(planned.tenantId, contactsOf(planned.tenantId));
    if (planned.endpoint === "conversation.thread") {
      script.learn(planned.tenantId, { messages: [{ id: "oldest", whatsappContactId: `${planned.tenantId}-1` }], hasMore: true });
    }
    return planned;
  });
}

const share = (requests: readonly PlannedRequest[], isWanted: (request: PlannedRequest) => boolean): number =>
  requests.filter(isWanted).length / requests.length;

const targets = (seed: number): string[] => play(seed).map(({ target }) => target);

describe("the script of the traffic", () => {
  it("is the same for the same seed and another for another", () => {
    expect(targets(4)).toEqual(targets(4));
    expect(targets(4)).not.toEqual(targets(5));
  });

  it("asks every endpoint of the reads often, conversations most", () => {
    const requests = play(1);
    const reads = Object.values(ENDPOINTS).filter((endpoint) => endpoint.class === "read");
    for (const { id } of reads) expect([id, share(requests, ({ endpoint }) => endpoint === id) > 0.01]).toEqual([id, true]);
    expect(share(requests, ({ endpoint }) => endpoint.startsWith("conversation."))).toBeGreaterThan(0.25);
  });

  it("asks analytics in all four ranges", () => {
    const requests = play(1);
    for (const range of ["24h", "7d", "30d", "90d"]) {
      expect([range, requests.filter(({ target }) => target.endsWith(`timeRange=${range}`)).length >= 20]).toEqual([range, true]);
    }
  });

  it("makes about one deliberate error in twenty, of every kind", () => {
    const requests = play(1, 20_000);
    const errors = share(requests, ({ expectedStatus }) => expectedStatus >= 400);
    expect(errors).toBeGreaterThan(0.04);
    expect(errors).toBeLessThan(0.06);
    expect(new Set(requests.map(({ expectedStatus }) => expectedStatus))).toEqual(new Set([200, 400, 401, 403, 404]));
  });

  it("polls each session every five seconds", () => {
    const script = createScript(operators, { seed: 1, ratePerSecond: RATE });
    const seconds = 60;
    const requests = Array.from({ length: seconds * RATE }, () => script.next());
    for (const { sessionId, tenantId } of Object.values(SESSIONS)) {
      const polls = requests.filter(({ target, tenantId: asker }) => asker === tenantId && target === `/api/whatsapp/status?sessionId=${sessionId}`);
      expect(polls.length).toBeGreaterThanOrEqual(seconds / 5 - 1);
    }
  });

  it("begins with the contacts of each tenant and asks for no contact before it knows one", () => {
    const script = createScript(operators, { seed: 1, ratePerSecond: RATE });
    const first = [script.next(), script.next()];
    expect(first.map(({ target }) => target)).toEqual(["/api/whatsapp/contacts", "/api/whatsapp/contacts"]);
    expect(first.map(({ tenantId }) => tenantId).toSorted()).toEqual([NORTH.id, SOUTH.id].toSorted());
    const blind = Array.from({ length: 500 }, () => script.next());
    expect(blind.filter(({ target }) => target.includes("contactId"))).toEqual([]);
  });

  it("asks for a known contact of the other tenant now and then, expecting a 404", () => {
    const foreign = play(1, 20_000).filter(({ target, tenantId }) => TENANTS.some(({ id }) => id !== tenantId && target.includes(`contactId=${id}`)));
    expect(foreign.length).toBeGreaterThan(20);
    expect(new Set(foreign.map(({ expectedStatus }) => expectedStatus))).toEqual(new Set([404]));
  });

  it("gives admin endpoints to admins, some operators a bearer token and some a cookie", () => {
    const roles = new Map(operators.map(({ user, headers }) => [JSON.stringify(headers), user.role]));
    const rolesOf = (asked: readonly PlannedRequest[]): Set<unknown> => new Set(asked.map(({ headers }) => roles.get(JSON.stringify(headers))));
    const requests = play(1, 5_000);
    const admin = requests.filter(({ endpoint, expectedStatus }) => endpoint === "sessions.admin" && expectedStatus === 200);
    expect(rolesOf(admin)).toEqual(new Set(["admin", "super_admin"]));
    expect(rolesOf(requests.filter(({ expectedStatus }) => expectedStatus === 403))).toEqual(new Set(["user"]));
    expect(operators.some(({ headers }) => headers["authorization"] !== undefined)).toBe(true);
    expect(operators.some(({ headers }) => headers["cookie"] !== undefined)).toBe(true);
  });

  it("has weights that add up to 100", () => {
    expect(ACTIONS.reduce((sum, [, weight]) => sum + weight, 0)).toBeCloseTo(100, 6);
  });
});
