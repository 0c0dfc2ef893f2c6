import { describe, expect, it } from "vitest";
import { SESSION, TENANT } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { digest } from "./tables.ts";
import { signToken } from "./tokens.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.9, 3.2 and 5.3 without a broker: reads and writes go on, what needs one says so. */

const NONE = { PUSHER_HOST: "", PUSHER_PORT: "", PUSHER_USE_TLS: "", PUSHER_APP_ID: "", PUSHER_KEY: "", PUSHER_SECRET: "" };
const NO_CLIENT = Object.fromEntries(Object.keys(NONE).map((name) => [name.replace("PUSHER_", "PUSHER_CLIENT_"), ""]));

const { world, client, get } = useWorld({ env: { ...NONE, ...NO_CLIENT } });

describe.each(SYSTEMS)("%s without a broker", (system) => {
  const post = (target: string, body: object, as: object = CLAIMS.admin) =>
    client(system).send({
      target,
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${signToken(as as typeof CLAIMS.admin)}`, "content-type": "application/json" },
    });

  it("says so in realtime/config", async () => {
    const wanted = { success: false, hasConfig: false, message: "Realtime not configured", config: null };
    expect(bodyOf(await get(system, "/api/chat/realtime/config"))).toEqual(wanted);
  });

  it("answers 503 to realtime/auth, after every other check", async () => {
    const auth = "/api/chat/realtime/auth";
    const of = (channel_name: string): object => ({ socket_id: "1.2", channel_name });
    expect(await post(auth, of(`private-whatsapp.${SESSION.live}`))).toFailWith(503, "Realtime not configured");
    expect(await post(auth, of("public"))).toFailWith(403, "Forbidden channel");
    expect(await post(auth, {})).toFailWith(400, "Invalid auth payload");
    expect(await post(auth, of(`private-tenant.${TENANT.alpha}.x`), CLAIMS.tenantless)).toFailWith(400, "User not associated with tenant");
  });

  it("answers 503 to test-qr, and stores nothing", async () => {
    const before = await digest(world().database);
    expect(await post("/api/whatsapp/test-qr", { sessionId: SESSION.live })).toFailWith(503, "Realtime not configured");
    expect(await post("/api/whatsapp/test-qr", { sessionId: SESSION.absent })).toFailWith(404, "Session not found or access denied");
    expect(await digest(world().database)).toBe(before);
  });

  it("still writes what would have been broadcast", async () => {
    const sessionId = `unheard-${system}`;
    expect(await post("/api/whatsapp/connect", { sessionId })).toBeJson();
    expect(await post("/api/whatsapp/disconnect", { sessionId })).toBeJson();
    const { rows } = await world().database.query(`select status from whatsapp_sessions where "sessionId" = $1`, [sessionId]);
    expect(rows).toEqual([{ status: "DISCONNECTED" }]);
    const outbox = await world().database.query("select id from realtime_outbox");
    expect(outbox.rowCount).toBe(0);
  });
});
