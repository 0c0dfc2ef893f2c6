import { describe, expect, it } from "vitest";
import type { Reply } from "./client.ts";
import { CONTACT, SESSION, TENANT } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { digest } from "./tables.ts";
import { signToken, type Claims } from "./tokens.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 1.6 and 1.3: who asks too often, and where in the order of checks that is said. */

const LIMIT = 3;
const { world, client, get } = useWorld({ env: { SEND_RATE_PER_MINUTE: String(LIMIT), AUTH_RATE_PER_MINUTE: String(LIMIT) } });

const CHAT = "/api/whatsapp/chat-messages";
const MEDIA = "/api/whatsapp/send-media";
const AUTH = "/api/chat/realtime/auth";
const CHANNEL = { socket_id: "1.2", channel_name: `private-whatsapp.${SESSION.live}` };

/** A user of its own for each test and system: the proxy's requests end in one of the other two. */
let users = 0;
const newUser = (claims: Claims = CLAIMS.admin): Claims => ({ ...claims, sub: `limited-${(users += 1)}` });

function expectTooMany(reply: Reply): void {
  expect(reply).toFailWith(429, "Too many requests");
  expect(Number(reply.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(Number(reply.headers["retry-after"])).toBeLessThanOrEqual(60);
  expect(reply.headers["retry-after"]).toMatch(/^\d+$/);
}

describe.each(SYSTEMS)("%s", (system) => {
  const post = (target: string, as: Claims, body: string, contentType = "application/json"): Promise<Reply> =>
    client(system).send({ target, method: "POST", body, headers: { authorization: `Bearer ${signToken(as)}`, "content-type": contentType } });
  const refused = (as: Claims, target = CHAT): Promise<Reply> => post(target, as, "{}");

  it("answers 429 to the send after the last one allowed, and nothing of it happens", async () => {
    const user = newUser();
    const body = JSON.stringify({ sessionId: SESSION.live, toJid: "15550107777", content: "Within the limit" });
    for (let sent = 0; sent < LIMIT; sent += 1) expect(bodyOf(await post(CHAT, user, body))).toMatchObject({ success: true });
    const before = await digest(world().database);
    expectTooMany(await post(CHAT, user, body));
    expect(await digest(world().database)).toBe(before);
  });

  it("counts texts and media of one user together, refused ones too", async () => {
    const user = newUser();
    const first = [await refused(user), await refused(user, MEDIA), await refused(user, "/api/whatsapp/send")];
    expect(first.map(({ status }) => status)).toEqual([400, 415, 400]);
    expectTooMany(await refused(user));
    expectTooMany(await refused(user, MEDIA));
  });

  it("counts each user alone, also one of the same name in another tenant", async () => {
    const user = newUser();
    for (let asked = 0; asked <= LIMIT; asked += 1) await refused(user);
    expectTooMany(await refused(user));
    expect((await refused(newUser())).status).toBe(400);
    expect((await refused({ ...user, tenantId: TENANT.beta })).status).toBe(400);
  });

  it("says it after who you are and before what you sent", async () => {
    const user = newUser();
    for (let asked = 0; asked <= LIMIT; asked += 1) await refused(user);
    expectTooMany(await post(CHAT, user, "{", "application/json"));
    expectTooMany(await post(CHAT, user, "<a/>", "text/xml"));
    expect(
      await client(system).send({ target: CHAT, method: "POST", body: "{}", headers: { "content-type": "application/json" } }),
    ).toBeUnauthorized();
  });

  it("answers 429 to realtime/auth, and by its own count", async () => {
    const user = newUser();
    for (let asked = 0; asked < LIMIT; asked += 1) expect((await post(AUTH, user, JSON.stringify(CHANNEL))).status).toBe(200);
    expectTooMany(await post(AUTH, user, JSON.stringify(CHANNEL)));
    expect((await refused(user)).status).toBe(400);
  });

  it("never throttles reads and other writes", async () => {
    const user = newUser();
    const reads = await Promise.all(Array.from({ length: 4 * LIMIT }, () => get(system, "/api/whatsapp/sessions", { as: user })));
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    const writes = await Promise.all(
      Array.from({ length: 4 * LIMIT }, () => post("/api/whatsapp/contacts/mark-read", user, JSON.stringify({ contactId: CONTACT.plain }))),
    );
    expect(writes.map(({ status }) => status)).not.toContain(429);
  });
});
