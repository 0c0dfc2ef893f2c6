import { once } from "node:events";
import { createHash } from "node:crypto";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { PresenceChannel } from "pusher-js";
import { startRealtime, type Realtime } from "./realtime.ts";
import { signRequest } from "./signature.ts";
import { publisher, subscriber, type Subscriber, type SubscriberOptions } from "./testing/subscriber.ts";

const APP = { id: "1", key: "key-one", secret: "secret-one" };
const OTHER = { id: "2", key: "key-two", secret: "secret-two" };

let realtime: Realtime;
let present: Subscriber[] = [];

beforeEach(async () => {
  realtime = await startRealtime({ host: "127.0.0.1", port: 0, apps: [APP, OTHER] });
});
afterEach(async () => {
  for (const each of present) each.leave();
  present = [];
  await realtime.close();
});

async function connect(options: Partial<SubscriberOptions> = {}): Promise<Subscriber> {
  const made = await subscriber({ port: realtime.port, app: APP, ...options });
  present.push(made);
  return made;
}

const emit = (): ReturnType<typeof publisher> => publisher(realtime.port, APP);

describe("publishing", () => {
  it("brings an event to everybody in its channel, with the data as it was", async () => {
    const [one, two, elsewhere] = [await connect(), await connect(), await connect()];
    await Promise.all([one.join("private-a"), two.join("private-a"), elsewhere.join("private-b")]);
    const data = { text: 'ä \u2028 "quoted" 😀', list: [1, null], big: 1.5 };
    const answer = await emit().trigger("private-a", "message.received", data);
    expect(await answer.json()).toEqual({});
    await one.until(() => one.heard.length === 1);
    await two.until(() => two.heard.length === 1);
    expect(one.heard[0]).toMatchObject({ channel: "private-a", event: "message.received", data });
    expect(elsewhere.heard).toEqual([]);
  });

  it("keeps the order of a channel", async () => {
    const one = await connect();
    await one.join("private-a");
    for (let index = 0; index < 200; index += 1) await emit().trigger("private-a", "e", { index });
    await one.until(() => one.heard.length === 200);
    expect(one.heard.map(({ data }) => (data as { index: number }).index)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it("takes a batch of ten in its order", async () => {
    const one = await connect();
    await Promise.all([one.join("private-a"), one.join("private-b")]);
    const batch = Array.from({ length: 10 }, (_, index) => ({
      channel: index % 2 === 0 ? "private-a" : "private-b",
      name: `e${index}`,
      data: { index },
    }));
    await emit().triggerBatch(batch);
    await one.until(() => one.heard.length === 10);
    expect(one.heard.map(({ event }) => event)).toEqual(batch.map(({ name }) => name));
  });

  it("leaves out the connection that is named", async () => {
    const [sender, other] = [await connect(), await connect()];
    await Promise.all([sender.join("private-a"), other.join("private-a")]);
    await emit().trigger("private-a", "first", {}, { socket_id: sender.socketId() });
    await emit().trigger("private-a", "second", {});
    await sender.until(() => sender.heard.length > 0);
    await other.until(() => other.heard.length === 2);
    expect(sender.heard.map(({ event }) => event)).toEqual(["second"]);
  });

  it("reaches a hundred channels in one call, each once", async () => {
    const one = await connect();
    const channels = Array.from({ length: 100 }, (_, index) => `public-${index}`);
    await Promise.all(channels.map((each) => one.join(each)));
    await emit().trigger(channels, "e", {});
    await one.until(() => one.heard.length === 100);
    expect(new Set(one.heard.map(({ channel }) => channel)).size).toBe(100);
  });

  it("keeps apps apart", async () => {
    const [one, stranger] = [await connect(), await connect({ app: OTHER })];
    await Promise.all([one.join("private-a"), stranger.join("private-a")]);
    await publisher(realtime.port, OTHER).trigger("private-a", "other", {});
    await stranger.until(() => stranger.heard.length === 1);
    await emit().trigger("private-a", "own", {});
    await one.until(() => one.heard.length === 1);
    expect(one.heard.map(({ event }) => event)).toEqual(["own"]);
    expect(stranger.heard.map(({ event }) => event)).toEqual(["other"]);
  });

  it("brings nothing after an unsubscription", async () => {
    const [one, witness] = [await connect(), await connect()];
    await Promise.all([one.join("private-a"), one.join("private-b"), witness.join("private-a")]);
    one.client.unsubscribe("private-a");
    await expect.poll(() => countOf("private-a")).toBe(1);
    await emit().trigger(["private-a"], "gone", {});
    await emit().trigger(["private-b"], "kept", {});
    await one.until(() => one.heard.length > 0);
    expect(one.heard.map(({ event }) => event)).toEqual(["kept"]);
  });
});

describe("authorisation", () => {
  it.each(["private-a", "presence-a"])("refuses %s with a signature of another app", async (channel) => {
    const stranger = publisher(realtime.port, { ...APP, secret: "wrong" });
    const one = await connect({
      options: {
        channelAuthorization: {
          transport: "ajax",
          endpoint: "",
          customHandler: ({ socketId, channelName }, callback) => callback(null, stranger.authorizeChannel(socketId, channelName, { user_id: "u" })),
        },
      },
    });
    await expect(one.join(channel)).rejects.toThrow("401");
    await emit().trigger(channel, "e", {});
    expect(realtime.counts().delivered).toBe(0);
  });

  it("refuses a signature made for another connection", async () => {
    const [one, two] = [await connect(), await connect()];
    await two.join("private-a");
    const thief = await connect({
      options: {
        channelAuthorization: {
          transport: "ajax",
          endpoint: "",
          customHandler: ({ channelName }, callback) => callback(null, emit().authorizeChannel(two.socketId(), channelName)),
        },
      },
    });
    await expect(thief.join("private-a")).rejects.toThrow("401");
    await one.join("private-a");
  });

  it("refuses the hundred and first channel of a connection", async () => {
    const one = await connect();
    await Promise.all(Array.from({ length: 100 }, (_, index) => one.join(`public-${index}`)));
    await expect(one.join("public-100")).rejects.toThrow("at most 100 channels");
    await one.join("public-7");
  });

  it.each(["a:b", "a b", "ä", "x".repeat(201)])("refuses the channel name %s", async (name) => {
    const one = await connect();
    await expect(one.join(name)).rejects.toThrow("4009");
  });
});

describe("presence", () => {
  it("tells who is there, who comes and who goes, each user once", async () => {
    const ann = await connect({ userId: "ann" });
    const channel = (await ann.join("presence-a")) as PresenceChannel;
    const news: string[] = [];
    channel.bind("pusher:member_added", ({ id }: { id: string }) => news.push(`+${id}`));
    channel.bind("pusher:member_removed", ({ id }: { id: string }) => news.push(`-${id}`));
    const [bob, bobAgain] = [await connect({ userId: "bob" }), await connect({ userId: "bob" })];
    const seen = (await bob.join("presence-a")) as PresenceChannel;
    expect(Object.keys(seen.members.members as object).toSorted()).toEqual(["ann", "bob"]);
    expect(seen.members.me).toMatchObject({ id: "bob" });
    await bobAgain.join("presence-a");
    const users = await emit().get({ path: "/channels/presence-a/users" });
    expect(await users.json()).toEqual({ users: [{ id: "ann" }, { id: "bob" }] });
    bob.leave();
    await expect.poll(() => countOf("presence-a")).toBe(2);
    expect(news).toEqual(["+bob"]);
    bobAgain.leave();
    await ann.until(() => news.length === 2);
    expect(news).toEqual(["+bob", "-bob"]);
    expect(channel.members.count).toBe(1);
  });
});

describe("client events", () => {
  it("go to the others of the channel, with the user where there is one", async () => {
    const [ann, bob] = [await connect({ userId: "ann" }), await connect({ userId: "bob" })];
    const [presence, privately] = [await ann.join("presence-a"), await ann.join("private-a")];
    await Promise.all([bob.join("presence-a"), bob.join("private-a")]);
    presence.trigger("client-typing", { on: true });
    privately.trigger("client-typing", { on: false });
    await bob.until(() => bob.heard.length === 2);
    expect(bob.heard.map(({ data, userId }) => ({ data, userId }))).toEqual([
      { data: { on: true }, userId: "ann" },
      { data: { on: false }, userId: undefined },
    ]);
    expect(ann.heard).toEqual([]);
  });

  it("are refused on public channels and without a subscription", async () => {
    const [one, other] = [await connect(), await connect()];
    await Promise.all([one.join("public-a"), other.join("public-a"), other.join("private-a")]);
    one.client.send_event("client-typing", {}, "public-a");
    one.client.send_event("client-typing", {}, "private-a");
    await one.until(() => one.errors.length === 2);
    expect(JSON.stringify(one.errors)).toContain("4301");
    expect(other.heard).toEqual([]);
  });
});

describe("channel queries", () => {
  it("tell which channels are occupied and by how many", async () => {
    const [ann, bob] = [await connect({ userId: "ann" }), await connect({ userId: "bob" })];
    await Promise.all([ann.join("presence-a"), bob.join("presence-a"), bob.join("private-b")]);
    const all = await emit().get({ path: "/channels" });
    expect(Object.keys(((await all.json()) as { channels: object }).channels).toSorted()).toEqual(["presence-a", "private-b"]);
    const some = await emit().get({ path: "/channels", params: { filter_by_prefix: "presence-", info: "user_count" } });
    expect(await some.json()).toEqual({ channels: { "presence-a": { user_count: 2 } } });
    const one = await emit().get({ path: "/channels/private-b", params: { info: "subscription_count" } });
    expect(await one.json()).toEqual({ occupied: true, subscription_count: 1 });
    const none = await emit().get({ path: "/channels/private-c" });
    expect(await none.json()).toEqual({ occupied: false });
  });

  it("answer with what a trigger asks about its channels", async () => {
    const ann = await connect({ userId: "ann" });
    await ann.join("presence-a");
    const answer = await emit().trigger("presence-a", "e", {}, { info: "user_count,subscription_count" });
    expect(await answer.json()).toEqual({ channels: { "presence-a": { user_count: 1, subscription_count: 1 } } });
  });

  it.each(["/channels?info=user_count", "/channels/private-a?info=user_count", "/channels/private-a/users"])("refuse %s", async (path) => {
    const [pathname = "", info] = path.split("?info=");
    const asked = emit().get({ path: pathname, ...(info === undefined ? {} : { params: { info } }) });
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });
});

async function countOf(channel: string): Promise<number> {
  const answer = await emit().get({ path: `/channels/${channel}`, params: { info: "subscription_count" } });
  return ((await answer.json()) as { subscription_count: number }).subscription_count;
}

describe("a bad publisher", () => {
  const good = { name: "e", channels: ["private-a"], data: "{}" };
  type Call = { body?: string; app?: typeof APP; change?: (query: URLSearchParams) => void; path?: string; now?: number; sentBody?: string };
  const call = async ({
    body = JSON.stringify(good),
    app = APP,
    change,
    path = "events",
    now = Date.now(),
    sentBody = body,
  }: Call): Promise<number> => {
    const pathname = `/apps/${app.id}/${path}`;
    const query = new URLSearchParams({
      auth_key: app.key,
      auth_timestamp: String(Math.floor(now / 1_000)),
      auth_version: "1.0",
      body_md5: createHash("md5").update(body).digest("hex"),
    });
    query.set("auth_signature", signRequest({ method: "POST", path: pathname, query }, app.secret));
    change?.(query);
    const answer = await request(`http://127.0.0.1:${realtime.port}${pathname}?${query.toString()}`, { method: "POST", body: sentBody });
    expect(await answer.body.json()).toEqual(answer.statusCode === 200 ? {} : { error: expect.any(String) as string, code: answer.statusCode });
    return answer.statusCode;
  };

  it.each<[string, number, Call]>([
    ["nothing wrong", 200, {}],
    ["a clock 590 s behind", 200, { now: Date.now() - 590_000 }],
    ["a clock 610 s behind", 401, { now: Date.now() - 610_000 }],
    ["a clock 610 s ahead", 401, { now: Date.now() + 610_000 }],
    ["the wrong secret", 401, { app: { ...APP, secret: "wrong" } }],
    ["another app's key", 401, { app: { ...APP, key: OTHER.key } }],
    ["an unknown app", 404, { app: { ...APP, id: "9" } }],
    ["no signature", 401, { change: (query) => query.delete("auth_signature") }],
    ["another body than was signed", 401, { sentBody: JSON.stringify({ ...good, data: "[]" }) }],
    ["no MD5 of the body", 401, { change: (query) => query.delete("body_md5") }],
    ["broken JSON", 400, { body: "{" }],
    ["no data", 400, { body: JSON.stringify({ name: "e", channels: ["a"] }) }],
    ["data that is no text", 400, { body: JSON.stringify({ ...good, data: {} }) }],
    ["no channel", 400, { body: JSON.stringify({ ...good, channels: [] }) }],
    ["a bad channel name", 400, { body: JSON.stringify({ ...good, channels: ["a:b"] }) }],
    ["101 channels", 400, { body: JSON.stringify({ ...good, channels: Array.from({ length: 101 }, (_, index) => `c${index}`) }) }],
    ["an event name of 201 characters", 400, { body: JSON.stringify({ ...good, name: "e".repeat(201) }) }],
    ["a socket id that is none", 400, { body: JSON.stringify({ ...good, socket_id: "x" }) }],
    ["100 KB of data", 200, { body: JSON.stringify({ ...good, data: "x".repeat(100 * 1024) }) }],
    ["101 KB of data", 413, { body: JSON.stringify({ ...good, data: "x".repeat(101 * 1024) }) }],
    ["3 MB of data", 413, { body: JSON.stringify({ ...good, data: "x".repeat(3 * 1024 * 1024) }) }],
    [
      "a batch of 11",
      400,
      { path: "batch_events", body: JSON.stringify({ batch: Array.from({ length: 11 }, () => ({ name: "e", channel: "a", data: "{}" })) }) },
    ],
    [
      "a batch with a bad event in it",
      400,
      {
        path: "batch_events",
        body: JSON.stringify({
          batch: [
            { name: "e", channel: "a", data: "{}" },
            { name: "e", channel: "a:b", data: "{}" },
          ],
        }),
      },
    ],
    ["a path that is none", 404, { path: "nothing" }],
  ])("with %s is answered %i", async (_, status, how) => {
    expect(await call(how)).toBe(status);
    expect(realtime.counts()).toMatchObject({ published: status === 200 ? 1 : 0, refused: status === 200 ? 0 : 1 });
  });
});

describe("a connection", () => {
  const open = (path: string): WebSocket => new WebSocket(`ws://127.0.0.1:${realtime.port}${path}`);

  it.each([
    ["/app/key-three?protocol=7", 4001],
    ["/elsewhere?protocol=7", 4005],
    ["/app/key-one?protocol=seven", 4006],
    ["/app/key-one?protocol=8", 4007],
    ["/app/key-one", 4008],
  ])("to %s is closed with %i", async (path, code) => {
    const socket = open(path);
    const [text] = (await once(socket, "message")) as [Buffer];
    const [closed] = (await once(socket, "close")) as [number];
    expect(JSON.parse(text.toString())).toMatchObject({ event: "pusher:error", data: { code } });
    expect(closed).toBe(code);
  });

  it("is answered when it asks for a sign of life, and survives what cannot be read", async () => {
    const socket = open("/app/key-one?protocol=7");
    await once(socket, "message");
    for (const text of ["{", "[]", "null", '{"event":7}', '{"event":"pusher:subscribe"}', '{"event":"pusher:subscribe","data":"{"}']) {
      socket.send(text);
      const [answer] = (await once(socket, "message")) as [Buffer];
      expect(JSON.parse(answer.toString())).toMatchObject({ event: "pusher:error" });
    }
    socket.send('{"event":"pusher:ping","data":{}}');
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(answer.toString())).toEqual({ event: "pusher:pong", data: "{}" });
    socket.terminate();
  });

  it("that says nothing is asked, and closed with 4201 when it stays silent", async () => {
    const impatient = await startRealtime({ host: "127.0.0.1", port: 0, apps: [APP], timeouts: { activityMs: 50, pongMs: 50 } });
    const socket = new WebSocket(`ws://127.0.0.1:${impatient.port}/app/key-one?protocol=7`);
    const said: string[] = [];
    socket.on("message", (text: Buffer) => said.push((JSON.parse(text.toString()) as { event: string }).event));
    const [code] = (await once(socket, "close")) as [number];
    await impatient.close();
    expect(code).toBe(4201);
    expect(said).toEqual(["pusher:connection_established", "pusher:ping", "pusher:error"]);
  });

  it("of the official client outlives many activity timeouts", async () => {
    const impatient = await startRealtime({ host: "127.0.0.1", port: 0, apps: [APP], timeouts: { activityMs: 100, pongMs: 2_000 } });
    const one = await subscriber({ port: impatient.port, app: APP });
    await one.join("private-a");
    const before = one.socketId();
    const pings: number[] = [];
    one.client.connection.bind("message", ({ event }: { event: string }) => event === "pusher:ping" && pings.push(1));
    await one.until(() => pings.length >= 5);
    expect(one.socketId()).toBe(before);
    one.leave();
    await impatient.close();
  });
});

describe("ten thousand events", () => {
  it("in bursts over ten channels reach two subscribers each, every one once and in the order of its channel", async () => {
    const channels = Array.from({ length: 10 }, (_, index) => `private-c${index}`);
    const [one, two] = [await connect(), await connect()];
    await Promise.all([one, two].flatMap((each) => channels.map((channel) => each.join(channel))));
    const sent = Array.from({ length: 1_000 }, (_, index) => index);
    // A channel's events are published one batch after the other, the channels at once.
    await Promise.all(
      channels.map(async (channel) => {
        for (let first = 0; first < sent.length; first += 10) {
          const batch = sent.slice(first, first + 10).map((index) => ({ channel, name: "e", data: { index } }));
          await emit().triggerBatch(batch);
        }
      }),
    );
    for (const each of [one, two]) {
      await each.until(() => each.heard.length === 10_000);
      for (const channel of channels) {
        const got = each.heard.filter((heard) => heard.channel === channel).map(({ data }) => (data as { index: number }).index);
        expect(got).toEqual(sent);
      }
    }
    expect(realtime.counts()).toMatchObject({ published: 10_000, delivered: 20_000, refused: 0 });
  });
});

describe("trouble", () => {
  it.each(["reconnect", "abruptly"] as const)("lets clients come back and subscribe again when they are dropped (%s)", async (how) => {
    const one = await connect();
    await one.join("private-a");
    const before = one.socketId();
    realtime.dropConnections(how);
    await one.until(() => one.client.connection.state === "connected" && one.socketId() !== before);
    await expect.poll(() => countOf("private-a")).toBe(1);
    await emit().trigger("private-a", "after", {});
    await one.until(() => one.heard.length === 1);
    expect(one.heard.map(({ event }) => event)).toEqual(["after"]);
  });

  it("refuses publishers while it is down and serves again on the same port", async () => {
    const one = await connect();
    await one.join("private-a");
    const { port } = realtime;
    await realtime.goDown();
    await expect(emit().trigger("private-a", "lost", {})).rejects.toThrow("Request failed");
    await realtime.comeBack();
    expect(realtime.port).toBe(port);
    one.client.disconnect(); // left alone, the library looks again after 15 s
    one.client.connect();
    await expect.poll(() => countOf("private-a")).toBe(1);
    await emit().trigger("private-a", "after", {});
    await one.until(() => one.heard.length === 1);
    expect(one.heard[0]?.event).toBe("after");
  });
});
