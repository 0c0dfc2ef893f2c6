import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Reply } from "./client.ts";
import { SESSION, TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene } from "./scene.ts";
import { signToken, type Claims } from "./tokens.ts";
import { ALLOWED_ORIGIN, CLIENT_APP, SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.9: what browsers are told of the broker, and which channels they may join. */

const contract = useWorld();
const { client, get } = contract;
const { standstill, untouched } = useObservation(contract);
const scene = createScene(contract);

const AUTH = "/api/chat/realtime/auth";
const CONFIG = "/api/chat/realtime/config";
const SOCKET = "1234.5678";
const FORM = "application/x-www-form-urlencoded";
const KIB = 1_024;
const WITHOUT_EMAIL = { sub: USER.operator, tenantId: TENANT.alpha, role: "user" };

const signature = (text: string): string => `${CLIENT_APP.key}:${createHmac("sha256", CLIENT_APP.secret).update(text).digest("hex")}`;

/** Channels that alpha's operator may join. */
const ALLOWED = [
  `private-whatsapp.${SESSION.live}`,
  `private-whatsapp.${SESSION.stopped}`,
  `private-whatsapp.${TENANT.alpha}`,
  `private-user.${USER.operator}`,
  `private-tenant.${TENANT.alpha}.notifications`,
  `private-tenant.${TENANT.alpha}.anything.at-all`,
] as const;
const FORBIDDEN = [
  `private-whatsapp.${SESSION.foreign}`,
  `private-whatsapp.${TENANT.beta}`,
  "private-whatsapp.nobody",
  "private-whatsapp.",
  "private-whatsapp",
  `private-whatsapp.${SESSION.live.toUpperCase()}`,
  `private-whatsapp.${SESSION.live}.more`,
  `whatsapp.${SESSION.live}`,
  `presence-whatsapp.${SESSION.live}`,
  `private-encrypted-whatsapp.${SESSION.live}`,
  `private-user.${USER.admin}`,
  `private-user.${USER.foreign}`,
  "private-user.",
  `private-tenant.${TENANT.beta}.notifications`,
  `private-tenant.${TENANT.alpha}`,
  `private-tenant.${TENANT.alpha}x.notifications`,
  `presence-tenant.${TENANT.beta}.online`,
  `presence-user.${USER.operator}`,
  "public",
  "private-other",
  "presence-other",
];
const BAD_FIELDS: readonly object[] = [
  {},
  { socket_id: SOCKET },
  { channel_name: ALLOWED[0] },
  { socket_id: "", channel_name: ALLOWED[0] },
  { socket_id: "1234", channel_name: ALLOWED[0] },
  { socket_id: "1.2.3", channel_name: ALLOWED[0] },
  { socket_id: "1.2\n", channel_name: ALLOWED[0] },
  { socket_id: " 1.2", channel_name: ALLOWED[0] },
  { socket_id: "a.b", channel_name: ALLOWED[0] },
  { socket_id: 1.5, channel_name: ALLOWED[0] },
  { socket_id: SOCKET, channel_name: "" },
  { socket_id: SOCKET, channel_name: "private-whatsapp.a:b" },
  { socket_id: SOCKET, channel_name: "private user" },
  { socket_id: SOCKET, channel_name: "x".repeat(201) },
  { socket_id: SOCKET, channel_name: ["private-other"] },
  { socket_id: SOCKET, channel_name: null },
];

describe.each(SYSTEMS)("%s: GET realtime/config", (system) => {
  it("tells the client's side of the broker, never a secret", async () => {
    const reply = await get(system, CONFIG, { as: CLAIMS.operator });
    const { id: appId, key, host, port } = CLIENT_APP;
    expect(bodyOf(reply)).toEqual({ success: true, config: { key, host, port, useTLS: true, appId, cluster: "mt1" } });
    expect(Object.keys((reply.json as { config: object }).config)).toEqual(["key", "host", "port", "useTLS", "appId", "cluster"]);
    expect(reply.text).not.toContain("secret");
  });
});

describe.each(SYSTEMS)("%s: POST realtime/auth", (system) => {
  const ask = (body: string | Buffer, { as = CLAIMS.operator, type = "application/json" }: { as?: Claims; type?: string } = {}): Promise<Reply> =>
    client(system).send({
      target: AUTH,
      method: "POST",
      body,
      isLast: true,
      headers: { authorization: `Bearer ${signToken(as)}`, "content-type": type },
    });
  const authorise = (channel: string, options: { as?: Claims } = {}): Promise<Reply> =>
    ask(JSON.stringify({ socket_id: SOCKET, channel_name: channel }), options);

  it.each(ALLOWED)("signs %s, as JSON and as a form", async (channel) => {
    const wanted = { auth: signature(`${SOCKET}:${channel}`) };
    expect(bodyOf(await authorise(channel))).toEqual(wanted);
    const form = new URLSearchParams({ socket_id: SOCKET, channel_name: channel, channel_data: "{}", other: "1" }).toString();
    expect(bodyOf(await ask(form, { type: FORM }))).toEqual(wanted);
    expect(bodyOf(await ask(form, { type: `${FORM}; charset=UTF-8` }))).toEqual(wanted);
  });

  it("signs a presence channel with who the token says it is, whatever the client sends", async () => {
    const channel = `presence-tenant.${TENANT.alpha}.online`;
    for (const [as, email] of [
      [{ ...WITHOUT_EMAIL, email: "operator@alpha.example" }, "operator@alpha.example"],
      [WITHOUT_EMAIL, null],
    ] as const) {
      const forged = JSON.stringify({ user_id: USER.admin });
      const reply = await ask(JSON.stringify({ socket_id: SOCKET, channel_name: channel, channel_data: forged }), { as });
      const data = JSON.stringify({ user_id: USER.operator, user_info: { email } });
      expect(bodyOf(reply)).toEqual({ auth: signature(`${SOCKET}:${channel}:${data}`), channel_data: data });
    }
    expect(bodyOf(await authorise(`presence-tenant.${TENANT.alpha}.thread.a--b`))).toHaveProperty("channel_data");
  });

  it.each(FORBIDDEN)("answers 403 to %s", async (channel) => {
    expect(await authorise(channel)).toFailWith(403, "Forbidden channel");
    expect(await authorise(channel, { as: { ...CLAIMS.owner, sub: USER.quiet } })).toFailWith(403, "Forbidden channel");
  });

  it("lets the other tenant join its own channels only", async () => {
    expect(await authorise(`private-whatsapp.${SESSION.foreign}`, { as: CLAIMS.foreign })).toBeJson();
    for (const channel of ALLOWED) expect(await authorise(channel, { as: CLAIMS.foreign })).toFailWith(403, "Forbidden channel");
  });

  it("goes by the session when a session of another tenant has the tenant's id for its key", async () => {
    const tenantId = `tenant-${system}`;
    await scene.session({ sessionId: tenantId, tenantId: TENANT.beta });
    expect(await authorise(`private-whatsapp.${tenantId}`, { as: { ...CLAIMS.operator, tenantId } })).toFailWith(403, "Forbidden channel");
    expect(await authorise(`private-whatsapp.${tenantId}`, { as: CLAIMS.foreign })).toBeJson();
  });

  it("answers 400 to anything unreadable, in one way", async () => {
    for (const body of BAD_FIELDS) expect(await ask(JSON.stringify(body))).toFailWith(400, "Invalid auth payload");
    for (const body of ["", "{", "[]", "null", '"text"', "socket_id=1.2"]) expect(await ask(body)).toFailWith(400, "Invalid auth payload");
    expect(await ask(Buffer.from([0x7b, 0xff, 0x7d]))).toFailWith(400, "Invalid auth payload");
    for (const form of ["", "socket_id=1.2", "channel_name=public", `socket_id=x&channel_name=${ALLOWED[0]}`])
      expect(await ask(form, { type: FORM })).toFailWith(400, "Invalid auth payload");
  });

  it("checks in order: 401, type, size, fields, tenant, channel", async () => {
    expect(await client(system).send({ target: AUTH, method: "POST", body: "{", headers: { "content-type": "text/plain" } })).toBeUnauthorized();
    expect(await ask("{", { type: "text/plain" })).toFailWith(415, "Unsupported content type");
    expect(await ask(`{"padding":"${"x".repeat(16 * KIB)}"}`)).toFailWith(413, "Payload too large");
    const tenantless = { sub: USER.operator, role: "user" };
    expect(await ask("{}", { as: tenantless })).toFailWith(400, "Invalid auth payload");
    expect(await authorise("public", { as: tenantless })).toFailWith(400, "User not associated with tenant");
  });

  it("takes a cookie, from an allowed origin or none", async () => {
    const cookie = `next-auth.session-token=${signToken(CLAIMS.operator)}`;
    const body = JSON.stringify({ socket_id: SOCKET, channel_name: ALLOWED[0] });
    const from = (headers: object): Promise<Reply> =>
      client(system).send({ target: AUTH, method: "POST", body, headers: { cookie, "content-type": "application/json", ...headers } });
    expect(await from({})).toBeJson();
    expect(await from({ origin: ALLOWED_ORIGIN })).toBeJson();
    expect(await from({ origin: "https://evil.example" })).toFailWith(403, "Forbidden");
  });

  it("writes and broadcasts nothing", async () => {
    const before = await standstill(system);
    await authorise(ALLOWED[0]);
    await authorise(`presence-tenant.${TENANT.alpha}.online`);
    await authorise("public");
    expect(await untouched(system)).toBe(before);
  });

  it("has no other method", async () => {
    for (const method of ["GET", "PUT", "DELETE"] as const) {
      const reply = await client(system).send({ target: AUTH, method });
      expect([reply.status, reply.text]).toEqual([405, ""]);
    }
  });
});
