import { describe, expect, it } from "vitest";
import type { Headers, Reply } from "./client.ts";
import { TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, freshDigits, freshId } from "./scene.ts";
import type { Claims } from "./tokens.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 1.7 and the table of keys in 3.6: one key, one message. */

const contract = useWorld();
const { world, settled } = contract;
const { observe, write, untouched } = useObservation(contract);
const scene = createScene(contract);

const REUSED = "Idempotency-Key was used with another request";
const keyed = (key: string): Headers => ({ "idempotency-key": key });
const idOf = (reply: Reply): string => (bodyOf(reply) as { message: { id: string } }).message.id;

describe.each(SYSTEMS)("%s: Idempotency-Key", (system) => {
  const send = (body: object, key: string, { as = CLAIMS.operator, target = "/api/whatsapp/chat-messages" }: { as?: Claims; target?: string } = {}) =>
    observe(system, { target, body, as, headers: keyed(key) });
  const text = async (): Promise<{ sessionId: string; toJid: string; content: string }> => {
    const { sessionId } = await scene.connected();
    return { sessionId, toJid: freshDigits(), content: `text ${freshId("t")}` };
  };

  it("replays the message for the same key and payload, without effect or event", async () => {
    const [body, key] = [await text(), freshId("key")];
    const first = await send(body, key);
    const again = await send(body, key);
    expect(first.reply.headers["idempotent-replayed"]).toBeUndefined();
    expect(again.reply.headers["idempotent-replayed"]).toBe("true");
    expect(bodyOf(again.reply)).toEqual(bodyOf(first.reply));
    expect([again.changes, again.emissions, again.notified]).toEqual([{}, [], []]);
  });

  it.skipIf(system === "proxy")("replays the message as it is now", async () => {
    const [body, key] = [await text(), freshId("key")];
    const id = idOf((await send(body, key)).reply);
    await world().database.query(`update whatsapp_messages set status = 'READ', "readAt" = now() where id = $1`, [id]);
    expect(bodyOf((await send(body, key)).reply)).toMatchObject({ message: { id, status: "READ", readAt: expect.any(String) as unknown } });
  });

  it("takes a key bare and quoted as one", async () => {
    const [body, key] = [await text(), freshId("key")];
    const id = idOf((await send(body, key)).reply);
    const again = await send(body, `"${key}"`);
    expect([idOf(again.reply), again.reply.headers["idempotent-replayed"], again.changes]).toEqual([id, "true", {}]);
  });

  // The proxy's ledger is stricter: it knows the bytes of a payload, not their meaning.
  it.skipIf(system === "proxy")("takes a payload by its meaning, through either path", async () => {
    const [body, key] = [await text(), freshId("key")];
    const id = idOf((await send(body, key)).reply);
    const spelled = { content: body.content, extra: true, senderName: null, toJid: `${body.toJid}@s.whatsapp.net`, sessionId: body.sessionId };
    const again = await send(spelled, key, { target: "/api/whatsapp/send" });
    expect([idOf(again.reply), again.reply.headers["idempotent-replayed"], again.changes]).toEqual([id, "true", {}]);
  });

  it("answers 422 to the key with another payload, and leaves the first record", async () => {
    const [body, key] = [await text(), freshId("key")];
    const id = idOf((await send(body, key)).reply);
    for (const other of [{ content: "other" }, { toJid: freshDigits() }, { senderName: "Ana" }]) {
      const { reply, changes, emissions } = await send({ ...body, ...other }, key);
      expect(reply).toFailWith(422, REUSED);
      expect([changes, emissions]).toEqual([{}, []]);
    }
    expect(idOf((await send(body, key)).reply)).toBe(id);
  });

  it("keeps keys of different users and tenants apart", async () => {
    const [body, key] = [await text(), freshId("key")];
    const [one, two] = [await send(body, key), await send(body, key, { as: CLAIMS.admin })];
    expect(idOf(one.reply)).not.toBe(idOf(two.reply));
    const beta = await scene.connected({ tenantId: TENANT.beta });
    const foreign = await send({ ...body, sessionId: beta.sessionId }, key, { as: { ...CLAIMS.foreign, sub: USER.operator } });
    expect(idOf(foreign.reply)).not.toBe(idOf(one.reply));
    const other = await send({ ...body, sessionId: beta.sessionId }, key, { as: CLAIMS.foreign });
    expect(other.reply.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("answers a known key before anything about the session", async () => {
    const [body, key] = [await text(), freshId("key")];
    const id = idOf((await send(body, key)).reply);
    await settled();
    await world().database.query(`update whatsapp_sessions set status = 'DISCONNECTED' where "sessionId" = $1`, [body.sessionId]);
    const again = await send(body, key);
    expect([idOf(again.reply), again.reply.headers["idempotent-replayed"]]).toEqual([id, "true"]);
    expect((await send({ ...body, content: "other" }, key)).reply).toFailWith(422, REUSED);
    expect((await send(body, freshId("key"))).reply).toFailWith(409, "Session is not connected");
  });

  it("frees a key whose request was refused", async () => {
    const [body, key] = [await text(), freshId("key")];
    expect((await send({ ...body, content: " " }, key)).reply).toFailWith(400, "content is required");
    expect((await send({ ...body, sessionId: "nobody" }, key)).reply).toFailWith(404, "Session not found or access denied");
    await world().database.query(`update whatsapp_sessions set status = 'ERROR' where "sessionId" = $1`, [body.sessionId]);
    expect((await send(body, key)).reply).toFailWith(409, "Session is not connected");
    await world().database.query(`update whatsapp_sessions set status = 'CONNECTED' where "sessionId" = $1`, [body.sessionId]);
    const { reply } = await send(body, key);
    expect(reply).toBeJson();
    expect(reply.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("makes one message of many at once with one key", async () => {
    const [body, key] = [await text(), freshId("key")];
    const ask = { target: "/api/whatsapp/chat-messages", body, as: CLAIMS.operator, headers: keyed(key) };
    const replies = await Promise.all(Array.from({ length: 8 }, () => write(system, ask)));
    const settledOnes = replies.filter(({ status }) => status === 200);
    for (const reply of replies.filter(({ status }) => status !== 200)) {
      expect(reply.status).toBe(409);
      expect(reply.headers["retry-after"]).toBe("1");
    }
    expect(new Set(settledOnes.map(idOf)).size).toBe(1);
    expect(settledOnes.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    const { rows } = await world().database.query(
      `select (select count(*)::int from whatsapp_messages where "sessionId" = $1) as messages,
      (select count(*)::int from whatsapp_outbox where "sessionId" = $1) as queued`,
      [body.sessionId],
    );
    expect(rows).toEqual([{ messages: 1, queued: 1 }]);
    await untouched(system); // what was broadcast after the answers is this test's
  });

  it("waits for the first of two with one key, then gives up with 409", async () => {
    const [body, key] = [await text(), freshId("key")];
    const { database } = world();
    await database.query("begin");
    await database.query("lock table whatsapp_outbox in exclusive mode");
    const ask = { target: "/api/whatsapp/chat-messages", body, as: CLAIMS.operator, headers: keyed(key) };
    const first = write(system, ask);
    const second = write(system, ask);
    const early = await Promise.race([first, second]);
    await database.query("rollback");
    const replies = await Promise.all([first, second]);
    expect([early.status, early.headers["retry-after"]]).toEqual([409, "1"]);
    expect(early.json).toEqual({ error: "A request with this Idempotency-Key is in progress" });
    // Both stood before the same lock: one of them may have been through with waiting as well, both cannot have sent.
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    await untouched(system); // what was broadcast after the answers is this test's
  });

  it.each([
    ["empty quotes", '""'],
    ["a space", "a b"],
    ["a comma", "a,b"],
    ["an open quote", '"a'],
    ["a backslash", "a\\b"],
    ["a letter outside ASCII", "clÃ©"],
    ["256 characters", "k".repeat(256)],
    ["256 quoted characters", `"${"k".repeat(256)}"`],
  ])("answers 400 to a key with %s, before any field", async (_, key) => {
    const { reply, changes, emissions } = await send({}, key);
    expect(reply).toFailWith(400, "Idempotency-Key is invalid");
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it.each([
    ["short", (name: string) => name],
    ["of 255 characters", (name: string) => name.padEnd(255, "k")],
    ["of 255 quoted characters", (name: string) => `"${name.padEnd(255, "q")}"`],
    ["of every sign", (name: string) => `${name}!#$%&'()*+-./:;<=>?@[]^_\`{|}~`],
  ])("takes a key that is %s", async (_, keyOf) => {
    expect((await send(await text(), keyOf(freshId(system)))).reply).toBeJson();
  });

  it("looks at the key after 401 and after a body it cannot read", async () => {
    const headers = { "content-type": "application/json", ...keyed("a b") };
    const anonymous = { target: "/api/whatsapp/chat-messages", method: "POST", body: "{}", headers } as const;
    expect(await contract.client(system).send(anonymous)).toBeUnauthorized();
    expect(await write(system, { ...anonymous, body: "{" })).toFailWith(400, "Invalid JSON body");
  });
});

describe.runIf(SYSTEMS.includes("legacy") && SYSTEMS.includes("nest"))("a key used at one system", () => {
  it.each([
    ["legacy", "nest"],
    ["nest", "legacy"],
  ] as const)("is known at the other: first %s, then %s", async (first, then) => {
    const { sessionId } = await scene.connected();
    const ask = {
      target: "/api/whatsapp/chat-messages",
      body: { sessionId, toJid: freshDigits(), content: "once" },
      as: CLAIMS.operator,
      headers: keyed(freshId("both")),
    };
    const id = idOf(await write(first, ask));
    const { reply, changes, emissions } = await observe(then, ask);
    expect([idOf(reply), reply.headers["idempotent-replayed"], changes, emissions]).toEqual([id, "true", {}, []]);
  });
});
