import { describe, expect, it } from "vitest";
import { SESSION, TENANT } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { describeRefusals } from "./refusals.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, sessionRow, tenantRow } from "./rows.ts";
import { createScene, freshId } from "./scene.ts";
import { writesOf } from "./write-endpoints.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.8: POST and PATCH config. */

const contract = useWorld();
const { world, get } = contract;
const observation = useObservation(contract);
const { observe } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const DEFAULTS = {
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
};
const FULL = {
  routingRule: "USER_FIRST",
  autoReplyEnabled: true,
  autoReplyMessage: "  ¡Gracias! 😊  ",
  businessHoursEnabled: true,
  businessHoursStart: "00:00",
  businessHoursEnd: "23:59:59",
  businessHoursTimezone: "America/Bogota",
  awayMessage: "x".repeat(4_096),
};
const rowOf = (sessionId: string, values: object): object => ({
  id: expect.any(String),
  sessionId,
  metadata: null,
  createdAt: recent,
  updatedAt: recent,
  ...DEFAULTS,
  ...values,
});

describe.each(SYSTEMS)("%s: POST config", (system) => {
  const save = (sessionId: string, config: object) => observe(system, { target: "/api/whatsapp/config", body: { sessionId, config } });

  it("stores all eight keys as sent, and answers what is stored", async () => {
    const { sessionId } = await scene.session();
    const { reply, changes, emissions, notified } = await save(sessionId, { ...FULL, id: "x", metadata: { a: 1 }, unknown: true });
    expect(bodyOf(reply)).toEqual({ success: true, config: FULL });
    expect(Object.keys((reply.json as { config: object }).config)).toEqual(Object.keys(DEFAULTS));
    expect(changes).toEqual({ whatsapp_session_configs: { inserted: [rowOf(sessionId, FULL)] } });
    expect([emissions, notified]).toEqual([[], []]);
    expect(bodyOf(await get(system, `/api/whatsapp/config?sessionId=${sessionId}`))).toEqual({ config: FULL });
  });

  it("keeps what is absent and clears what is null", async () => {
    const { sessionId } = await scene.session();
    await save(sessionId, FULL);
    const { reply, changes } = await save(sessionId, { awayMessage: null, businessHoursStart: null, autoReplyEnabled: false });
    const wanted = { ...FULL, awayMessage: null, businessHoursStart: null, autoReplyEnabled: false };
    expect(bodyOf(reply)).toEqual({ success: true, config: wanted });
    const updated = Object.values(changes.whatsapp_session_configs?.updated ?? {});
    expect(updated).toEqual([{ awayMessage: null, businessHoursStart: null, autoReplyEnabled: false }]);
    expect(Object.keys(changes)).toEqual(["whatsapp_session_configs"]);
  });

  it("makes the row of defaults for an empty object", async () => {
    const { sessionId } = await scene.session();
    const { reply, changes } = await save(sessionId, {});
    expect(bodyOf(reply)).toEqual({ success: true, config: DEFAULTS });
    expect(changes).toEqual({ whatsapp_session_configs: { inserted: [rowOf(sessionId, {})] } });
  });

  it.each(["FLOWBOT_ONLY", "USER_ONLY", "FLOWBOT_FIRST", "USER_FIRST", "MANUAL"])("takes the rule %s", async (routingRule) => {
    const { sessionId } = await scene.session();
    expect(bodyOf((await save(sessionId, { routingRule })).reply)).toEqual({ success: true, config: { ...DEFAULTS, routingRule } });
  });

  it("names every bad key, in the order of the table", async () => {
    const { reply, changes } = await save(SESSION.stopped, { awayMessage: 7, routingRule: "x", businessHoursStart: "25:00" });
    const problems = ["config.routingRule is invalid", "config.businessHoursStart is invalid", "config.awayMessage is invalid"];
    expect(reply).toFailWith(400, { error: problems[0] ?? "", details: problems });
    expect(changes).toEqual({});
  });

  it("makes one row when two save at once", async () => {
    const { sessionId } = await scene.session();
    const replies = await Promise.all(
      ["MANUAL", "USER_ONLY", "MANUAL", "USER_ONLY"].map((routingRule) =>
        observation.write(system, { target: "/api/whatsapp/config", body: { sessionId, config: { routingRule } } }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { rowCount } = await world().database.query(`select id from whatsapp_session_configs where "sessionId" = $1`, [sessionId]);
    expect(rowCount).toBe(1);
  });
});

describe.each(SYSTEMS)("%s: PATCH config", (system) => {
  const patch = (body: object, as: object = {}) =>
    observe(system, { method: "PATCH", target: "/api/whatsapp/config", body, as: { ...CLAIMS.admin, ...as } });

  it("sets the rule of one session, keeping the rest", async () => {
    const { sessionId } = await scene.session();
    await observe(system, { target: "/api/whatsapp/config", body: { sessionId, config: FULL } });
    const { reply, changes, emissions } = await patch({ sessionId, routingRule: "MANUAL", autoReplyEnabled: false, tenantId: TENANT.alpha });
    expect(bodyOf(reply)).toEqual({ success: true, config: { sessionId, routingRule: "MANUAL", autoReplyEnabled: true } });
    expect(Object.values(changes.whatsapp_session_configs?.updated ?? {})).toEqual([{ routingRule: "MANUAL" }]);
    expect([Object.keys(changes), emissions]).toEqual([["whatsapp_session_configs"], []]);
  });

  it("makes the row of a session without one", async () => {
    const { sessionId } = await scene.session();
    const { reply, changes } = await patch({ sessionId, routingRule: "USER_ONLY", tenantId: null });
    expect(bodyOf(reply)).toEqual({ success: true, config: { sessionId, routingRule: "USER_ONLY", autoReplyEnabled: false } });
    expect(changes).toEqual({ whatsapp_session_configs: { inserted: [rowOf(sessionId, { routingRule: "USER_ONLY" })] } });
  });

  it("sets the rule of every session of the caller's tenant, with a row or without", async () => {
    const tenantId = freshId("tenant");
    const [first, second] = [freshId("all-a"), freshId("all-b")];
    const sessions = [first, second].map((sessionId) => sessionRow({ id: sessionId, sessionId, tenantId }));
    await insertRows(world().database, { tenants: [tenantRow({ id: tenantId })], whatsapp_sessions: sessions });
    await patch({ sessionId: second, routingRule: "MANUAL" }, { tenantId });
    const { reply, changes } = await patch({ sessionId: "all", routingRule: "USER_FIRST" }, { tenantId, role: "super_admin" });
    expect(bodyOf(reply)).toEqual({ success: true, config: { routingRule: "USER_FIRST" } });
    expect(changes).toEqual({
      whatsapp_session_configs: {
        inserted: [rowOf(first, { routingRule: "USER_FIRST" })],
        updated: { [Object.keys(changes.whatsapp_session_configs?.updated ?? {})[0] ?? ""]: { routingRule: "USER_FIRST" } },
      },
    });
  });

  it.each([SESSION.stopped, "all"])("answers 403 to another tenant's id, for %s", async (sessionId) => {
    for (const tenantId of [TENANT.beta, "nobody"]) {
      const { reply, changes } = await patch({ sessionId, routingRule: "MANUAL", tenantId }, { role: "super_admin" });
      expect(reply).toFailWith(403, "Forbidden");
      expect(changes).toEqual({});
    }
  });
});

describeRefusals(contract, observation, writesOf("config"));
