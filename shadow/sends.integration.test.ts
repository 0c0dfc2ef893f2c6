import { request as httpRequest } from "node:http";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startSendOwner, tokenFor, type SendOwner } from "./testing/send-owner.ts";
import { AUTH_SECRET, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** Legacy knows nothing of keys, nest honours them; sends start with legacy, at stage shadow. */
let database: TestDatabase;
let sql: Client;
let legacy: SendOwner;
let nest: SendOwner;
let shadow: ShadowForTests;

const YAML = JSON.stringify({
  endpoints: [
    { id: "sends.text", match: ["POST /messages", "POST /send"], class: "send" },
    { id: "sends.media", match: "POST /media", class: "send" },
  ],
  families: { sends: { stage: "shadow", legacyHonoursKey: false, nestHonoursKey: true, doubleClickGuard: true } },
});

beforeAll(async () => {
  [database, legacy, nest] = await Promise.all([
    createTestDatabase("parallax"),
    startSendOwner({ name: "legacy", honoursKey: false }),
    startSendOwner({ name: "nest", honoursKey: true }),
  ]);
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: database.url, yaml: YAML });
});
afterAll(async () => {
  await shadow.stop();
  await Promise.all([legacy.close(), nest.close(), sql.end()]);
  await database.drop();
});
afterEach(async () => {
  legacy.behave({ kind: "accept" });
  nest.behave({ kind: "accept" });
  await shadow.ops("/api/cutover/sends", { method: "PUT", body: JSON.stringify({ stage: "shadow", reason: "test", override: true }) });
});

let keys = 0;
const newKey = (): string => `key-${(keys += 1)}`;
const ANA = tokenFor("ana", AUTH_SECRET);
const BEA = tokenFor("bea", AUTH_SECRET);

type Answered = { readonly status: number; readonly text: string; readonly headers: Headers };
type Sending = { readonly key?: string; readonly token?: string | null; readonly body?: unknown; readonly path?: string; readonly base?: string };

async function send({
  key,
  token = ANA,
  body = { to: "15550100001", text: "hello" },
  path = "/messages",
  base = shadow.url,
}: Sending): Promise<Answered> {
  const headers = {
    "content-type": "application/json",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(key === undefined ? {} : { "idempotency-key": key }),
  };
  const response = await fetch(base + path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const flip = (stage: string): Promise<Response> =>
  shadow.ops("/api/cutover/sends", { method: "PUT", body: JSON.stringify({ stage, reason: "test", override: true }) });
const countOf = (owner: SendOwner, key: string): number => owner.sent.filter((each) => each.key === key).length;
const textOf = (text: string) => ({ to: "15550100001", text });

describe("one key", () => {
  it("is sent once, and its answer is repeated byte for byte", async () => {
    const key = newKey();
    const first = await send({ key });
    const again = await send({ key });
    expect(first.status).toBe(200);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect([again.status, again.text, again.headers.get("content-type")]).toEqual([200, first.text, first.headers.get("content-type")]);
    expect(first.text).toContain('"n":1.0'); // as the owner wrote it
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(countOf(legacy, key)).toBe(1);
  });

  it("is the same key quoted and bare", async () => {
    // An npm plug-in took the two forms for two keys and sent twice.
    const key = newKey();
    await send({ key });
    const again = await send({ key: `"${key}"` });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(countOf(legacy, key)).toBe(1);
  });

  it("is the same on every path of its endpoint, and whatever the spelling of the JSON", async () => {
    const key = newKey();
    const first = await send({ key, body: '{"to":"15550100001","text":"caf\\u00e9","n":1.0}' });
    const again = await send({ key, path: "/send", body: '{ "n": 1, "text": "café", "to": "15550100001" }' });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("used with another payload is 422, and the record stays what it was", async () => {
    // The plug-in overwrote the good record with the 422.
    const key = newKey();
    const first = await send({ key });
    const other = await send({ key, body: textOf("something else") });
    expect([other.status, other.text]).toEqual([422, '{"error":"Idempotency-Key was used with another request"}']);
    const again = await send({ key });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("in flight is 409, which is never repeated as the answer", async () => {
    // The plug-in replayed an in-flight 409 as the final answer.
    const key = newKey();
    legacy.behave({ kind: "hold" });
    const first = send({ key });
    await expect.poll(() => legacy.heldCount()).toBe(1);
    const meanwhile = await send({ key });
    expect([meanwhile.status, meanwhile.headers.get("retry-after")]).toEqual([409, "1"]);
    expect(meanwhile.text).toBe('{"error":"A request with this Idempotency-Key is in progress"}');
    expect((await send({ key, body: textOf("other") })).status).toBe(422);
    legacy.behave({ kind: "accept" });
    legacy.proceed();
    expect((await first).status).toBe(200);
    const again = await send({ key });
    expect([again.status, again.text]).toEqual([200, (await first).text]);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("that is no key is refused before anything is sent", async () => {
    for (const key of ["a b", "a,b", '"open', "x".repeat(256)]) {
      const { status, text } = await send({ key });
      expect([status, text]).toEqual([400, '{"error":"Idempotency-Key is invalid"}']);
    }
  });

  it("refused by its owner is free again, for any payload", async () => {
    const key = newKey();
    legacy.behave({ kind: "refuse", status: 409 });
    const refused = await send({ key });
    expect([refused.status, refused.text]).toEqual([409, '{"error":"refused by legacy"}']);
    legacy.behave({ kind: "accept" });
    expect((await send({ key, body: textOf("corrected") })).status).toBe(200);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("of another user or endpoint is another key", async () => {
    const key = newKey();
    await send({ key });
    expect((await send({ key, token: BEA })).headers.get("idempotent-replayed")).toBeNull();
    expect((await send({ key, token: tokenFor("ana", AUTH_SECRET, { tenantId: "t2" }) })).headers.get("idempotent-replayed")).toBeNull();
    expect((await send({ key, path: "/media" })).headers.get("idempotent-replayed")).toBeNull();
    expect(countOf(legacy, key)).toBe(4);
  });

  it("is the user's own, whichever of the user's tokens comes with it", async () => {
    const key = newKey();
    await send({ key });
    const again = await send({ key, token: tokenFor("ana", AUTH_SECRET, { iat: 1, email: "a@users.example" }) });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });
});

describe("who may have an answer", () => {
  it("a forged token gets nothing of what is stored", async () => {
    const key = newKey();
    const first = await send({ key });
    legacy.behave({ kind: "refuse", status: 401 });
    for (const token of [
      tokenFor("ana", "another secret of theirs"),
      tokenFor("ana", AUTH_SECRET, { exp: 1 }),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${ANA.split(".")[1] ?? ""}.`,
    ]) {
      const { status, text, headers } = await send({ key, token });
      expect([status, headers.get("idempotent-replayed")]).toEqual([401, null]);
      expect(text).not.toBe(first.text);
    }
  });

  it("without credentials nothing is entered into the ledger", async () => {
    const before = await sql.query("select count(*)::int as count from parallax.sends");
    expect((await send({ key: newKey(), token: null })).status).toBe(401);
    expect((await sql.query("select count(*)::int as count from parallax.sends")).rows).toEqual(before.rows);
  });

  it("nothing in the ledger can be read without its key", async () => {
    const key = newKey();
    const { text } = await send({ key, body: textOf("secret words") });
    const { rows } = await sql.query<{ row: string }>("select sends::text as row from parallax.sends");
    const dump = rows.map(({ row }) => row).join("\n");
    for (const clear of [key, "secret words", "15550100001", text, ANA])
      for (const spelling of [clear, Buffer.from(clear).toString("hex")]) expect(dump).not.toContain(spelling);
  });
});

describe("where a key belongs", () => {
  it("a retry after a flip goes to the first owner's answer, and so after the way back", async () => {
    const key = newKey();
    const first = await send({ key });
    await flip("nest");
    expect((await send({ key })).text).toBe(first.text);
    const other = newKey();
    expect((await send({ key: other })).text).toContain("nest-");
    await flip("shadow");
    expect((await send({ key: other })).text).toContain("nest-");
    expect([countOf(legacy, key), countOf(nest, key), countOf(legacy, other), countOf(nest, other)]).toEqual([1, 0, 0, 1]);
  });

  it("an owner that honours keys is asked again after a lost answer, with the same key, also after a rollback", async () => {
    const key = newKey();
    await flip("nest");
    nest.behave({ kind: "accept-then-fail", status: "reset" });
    expect((await send({ key })).status).toBe(502);
    nest.behave({ kind: "accept" });
    await flip("shadow");
    const again = await send({ key });
    expect([again.status, again.text.includes("nest-")]).toEqual([200, true]);
    expect([countOf(nest, key), countOf(legacy, key)]).toEqual([1, 0]);
    expect((await send({ key })).headers.get("idempotent-replayed")).toBe("true");
  });

  it("an owner that does not is never asked again", async () => {
    for (const status of [500, "reset"] as const) {
      const key = newKey();
      legacy.behave({ kind: "accept-then-fail", status });
      const first = await send({ key });
      expect(first.status).toBe(status === 500 ? 500 : 502);
      legacy.behave({ kind: "accept" });
      await flip("nest");
      const again = await send({ key });
      expect([again.status, JSON.parse(again.text)]).toEqual([
        409,
        { error: "The outcome of this send is unknown", details: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
      ]);
      expect([countOf(legacy, key), countOf(nest, key)]).toEqual([1, 0]);
      await flip("shadow");
    }
  });

  it("what the owner says of a second attempt does not undo the first", async () => {
    const key = newKey();
    await flip("nest");
    nest.behave({ kind: "accept-then-fail", status: "reset" });
    await send({ key });
    nest.behave({ kind: "refuse", status: 401 }); // the token has expired meanwhile, say
    expect((await send({ key })).status).toBe(401);
    nest.behave({ kind: "accept" });
    await flip("shadow");
    expect((await send({ key })).text).toContain("nest-");
    expect([countOf(nest, key), countOf(legacy, key)]).toEqual([1, 0]);
  });

  it("an owner that cannot be reached has not had it: the key is free, for the owner of the day", async () => {
    const gone = await startSendOwner({ name: "gone", honoursKey: false });
    await gone.close();
    const other = await startShadow({ legacyUrl: gone.url, candidateUrl: nest.url, storeUrl: database.url, yaml: YAML });
    const key = newKey();
    expect((await send({ key, base: other.url })).status).toBe(502);
    expect((await send({ key })).status).toBe(200);
    await other.stop();
  });
});

describe("clients that send no key", () => {
  it("a second click while the first is in flight is the same send, and gets its answer", async () => {
    const body = textOf("double click");
    legacy.behave({ kind: "hold" });
    const before = legacy.sent.length;
    const first = send({ body });
    await expect.poll(() => legacy.heldCount()).toBe(1);
    const second = send({ body });
    const other = send({ body: textOf("another text") });
    await expect.poll(() => legacy.heldCount()).toBe(2);
    legacy.proceed();
    expect((await second).text).toBe((await first).text);
    expect((await other).text).not.toBe((await first).text);
    expect(legacy.sent.length - before).toBe(2);
  });

  it("the same text a moment after the answer is another message", async () => {
    const body = textOf("ok");
    const [first, second] = [await send({ body }), await send({ body })];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).not.toBe(first.text);
    expect(second.headers.get("idempotent-replayed")).toBeNull();
  });

  it("whose answer was lost on the way get it with the next try, once", async () => {
    const body = textOf("in the lift");
    legacy.behave({ kind: "hold" });
    const before = legacy.sent.length;
    const lost = new AbortController();
    const first = fetch(`${shadow.url}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ANA}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: lost.signal,
    }).catch(() => undefined);
    await expect.poll(() => legacy.heldCount()).toBe(1);
    lost.abort();
    await first;
    await fetch(`${shadow.url}/anything`); // once this is answered, the proxy has seen the connection go
    legacy.behave({ kind: "accept" });
    legacy.proceed();
    const again = await send({ body });
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(legacy.sent.length - before).toBe(1);
    expect((await send({ body })).headers.get("idempotent-replayed")).toBeNull();
    expect(legacy.sent.length - before).toBe(2);
  });

  it("the owner gets a key of its own, which the client never sees", async () => {
    const { headers } = await send({ body: textOf("minted") });
    expect(headers.get("idempotency-key")).toBeNull();
    expect(legacy.asked.at(-1)?.key).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("forms", () => {
  const boundary = "----boundary-of-a-form";
  const form = (content: string, edge = boundary): string =>
    [`--${edge}`, 'Content-Disposition: form-data; name="to"', "", "15550100001", `--${edge}`].join("\r\n") +
    `\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--${edge}--\r\n`;

  async function sendForm(key: string | undefined, content: string, edge = boundary): Promise<Answered> {
    const headers = {
      authorization: `Bearer ${ANA}`,
      "content-type": `multipart/form-data; boundary=${edge}`,
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const response = await fetch(`${shadow.url}/media`, { method: "POST", headers, body: form(content, edge) });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  it("reach the owner as they came, and are the same whatever their boundary", async () => {
    const key = newKey();
    const content = "x".repeat(300_000);
    const first = await sendForm(key, content);
    expect(first.status).toBe(200);
    expect(legacy.sent.at(-1)?.body).toBe(form(content));
    const again = await sendForm(key, content, "another-boundary");
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([200, first.text, "true"]);
    expect((await sendForm(key, `${content}!`)).status).toBe(422);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("with a key in flight are refused before their body is read", async () => {
    const key = newKey();
    legacy.behave({ kind: "hold" });
    const first = sendForm(key, "first");
    await expect.poll(() => legacy.heldCount()).toBe(1);
    const status = await new Promise<number>((resolve, reject) => {
      const upload = httpRequest(`${shadow.url}/media`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ANA}`,
          "content-type": `multipart/form-data; boundary=${boundary}`,
          "idempotency-key": key,
          "content-length": "1000000",
        },
      });
      upload.once("response", (response) => {
        resolve(response.statusCode ?? 0);
        upload.destroy();
      });
      upload.once("error", reject);
      upload.write(form("second").slice(0, 100)); // and the rest never comes
    });
    expect(status).toBe(409);
    legacy.proceed();
    expect((await first).status).toBe(200);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("that break off in the middle send nothing, and leave their key free", async () => {
    const key = newKey();
    const upload = httpRequest(`${shadow.url}/media`, {
      method: "POST",
      headers: { authorization: `Bearer ${ANA}`, "content-type": `multipart/form-data; boundary=${boundary}`, "idempotency-key": key },
    });
    upload.on("error", () => undefined);
    upload.write(form("x".repeat(200_000)).slice(0, 150_000));
    await expect.poll(() => legacy.asked.some((each) => each.key === key)).toBe(true);
    upload.destroy();
    await expect.poll(async () => (await sendForm(key, "whole")).status).toBe(200);
    expect(countOf(legacy, key)).toBe(1);
  });

  it("asked again with another file after a lost answer never reach the owner whole", async () => {
    const key = newKey();
    await flip("nest");
    nest.behave({ kind: "accept-then-fail", status: "reset" });
    expect((await sendForm(key, "the file")).status).toBe(502);
    nest.behave({ kind: "accept" });
    expect((await sendForm(key, "another file")).status).toBe(422);
    expect((await sendForm(key, "the file")).status).toBe(200);
    expect(countOf(nest, key)).toBe(1);
  });
});

it("the report counts what the ledger did", async () => {
  const before = (await shadow.summary()).sends;
  const key = newKey();
  await send({ key });
  await send({ key });
  await send({ key, body: textOf("other") });
  const { sends } = await shadow.summary();
  expect({
    accepted: sends.accepted - before.accepted,
    replayed: sends.replayed - before.replayed,
    mismatches: sends.mismatches - before.mismatches,
    duplicatesPrevented: sends.duplicatesPrevented - before.duplicatesPrevented,
  }).toEqual({ accepted: 1, replayed: 1, mismatches: 1, duplicatesPrevented: 1 });
});
