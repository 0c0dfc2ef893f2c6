import { mkdtempSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BufferJSON, initAuthCreds, makeWASocket, proto, type AuthenticationState, type SignalDataSet, type WASocket } from "@whiskeysockets/baileys";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLogger } from "../../demo/whatsapp/silent-logger.ts";
import { startWhatsapp, type WhatsappServer } from "../../demo/whatsapp/start-whatsapp.ts";
import { createLogger } from "../../lib/log.ts";
import { waitUntil } from "../../lib/processes.ts";
import { createGroupCache, type GroupCache } from "../group-cache.ts";
import { createDelivery, type Delivery } from "../ingest/delivery.ts";
import { createIngestClient } from "../ingest/ingest-client.ts";
import { createServiceTokens } from "../ingest/service-tokens.ts";
import type { MediaRequest } from "../media/media-port.ts";
import { IngestApi } from "../testing/ingest-api.ts";
import { attachInbound, type Inbound } from "./attach-inbound.ts";
import { createIntake } from "./intake.ts";

const SHOP = "15550001000";
const ADA = "15550002000";
const BOB = "15550003000";
const ADA_JID = `${ADA}@s.whatsapp.net`;
const WAIT = { timeout: 15_000, interval: 20 };
const SLOW_MS = 500;
const log = createLogger({ program: "test", level: "silent" });

/** A session on the real client, its keys in memory; the delivery may be one that fails. */
class Session {
  readonly keys = new Map<string, string>();
  readonly groupCache: GroupCache = createGroupCache(Date.now);
  readonly mediaAsked: MediaRequest[] = [];
  /** Called with each set of keys before it is kept. */
  beforeKeys: (data: SignalDataSet) => void = () => {};
  /** How long the store of keys takes, as one over a network does. */
  keysTakeMs = 0;
  /** What is known of a person's devices takes much longer to be read, once: it is asked for when their two addresses are new. */
  hasSlowDevices = false;
  creds = JSON.stringify(initAuthCreds(), BufferJSON.replacer);
  delivery: Delivery;
  socket: WASocket | undefined;
  inbound: Inbound | undefined;
  qr: string | undefined;
  isOpen = false;

  constructor(
    private readonly url: string,
    delivery: Delivery,
  ) {
    this.delivery = delivery;
  }

  connect(): void {
    const intake = createIntake();
    const auth = this.auth();
    const { makeSignalRepository } = intake;
    const socket = makeWASocket({
      auth,
      waWebSocketUrl: this.url,
      logger: silentLogger,
      retryRequestDelayMs: 10,
      shouldSyncHistoryMessage: () => false,
      emitOwnEvents: false,
      makeSignalRepository,
    });
    this.socket = socket;
    this.isOpen = false;
    const media = { fetch: (request: MediaRequest) => void this.mediaAsked.push(request), connected: () => () => {}, close: async () => {} };
    this.inbound = attachInbound({
      socket,
      sessionId: "shop",
      tenantId: "t1",
      // Whatever delivery the session has at that moment.
      delivery: { ...this.delivery, submit: (call) => this.delivery.submit(call) },
      media,
      groupCache: this.groupCache,
      log,
      intake,
    });
    socket.ev.on("creds.update", () => (this.creds = JSON.stringify(auth.creds, BufferJSON.replacer)));
    socket.ev.on("connection.update", ({ qr, connection, lastDisconnect }) => {
      this.qr = qr ?? this.qr;
      if (connection === "open") this.isOpen = true;
      const code = (lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode;
      if (connection === "close" && code === 515) {
        this.inbound?.detach();
        this.connect();
      }
    });
  }

  async disconnect(): Promise<void> {
    this.inbound?.detach();
    await this.socket?.end(undefined);
  }

  private auth(): AuthenticationState {
    return {
      creds: JSON.parse(this.creds, BufferJSON.reviver),
      keys: {
        get: async (type, ids) => {
          const isSlow = this.hasSlowDevices && type === "device-list";
          if (isSlow) this.hasSlowDevices = false;
          if (isSlow) await delay(SLOW_MS);
          const found = ids.flatMap((id) => {
            const text = this.keys.get(`${type}/${id}`);
            return text === undefined ? [] : [[id, JSON.parse(text, BufferJSON.reviver)] as const];
          });
          return Object.fromEntries(found);
        },
        set: async (data) => {
          this.beforeKeys(data);
          if (this.keysTakeMs > 0) await delay(this.keysTakeMs);
          for (const [type, entries] of Object.entries(data))
            for (const [id, value] of Object.entries(entries ?? {}))
              if (value === null || value === undefined) this.keys.delete(`${type}/${id}`);
              else this.keys.set(`${type}/${id}`, JSON.stringify(value, BufferJSON.replacer));
        },
      },
    };
  }
}

let server: WhatsappServer;
let api: IngestApi;
let folder: string;
let session: Session;
let close: () => Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inbound-"));
  [server, api] = [await startWhatsapp(), await IngestApi.start()];
  const tokens = createServiceTokens({ secrets: ["a secret for service tokens"], workerId: "worker-1", nowMs: Date.now });
  const client = createIngestClient({ baseUrls: [api.url], tokens, log });
  const delivery = await createDelivery({ spoolDir: join(folder, "spool"), client, log });
  close = async () => {
    await delivery.close();
    await client.close();
  };
  session = new Session(server.url, delivery);
  session.connect();
  await waitUntil(() => session.qr !== undefined, WAIT.timeout);
  await server.control.scan(session.qr ?? "", { phone: SHOP, name: "Shop" });
  if (!(await waitUntil(() => session.isOpen, WAIT.timeout))) throw new Error("the session did not open");
});

afterEach(async () => {
  await session.disconnect();
  await close();
  await Promise.all([server.close(), api.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const ids = (): unknown[] => api.itemsOf("messages").map(({ messageId }) => messageId);

test("a message arrives once, as what was written, with both addresses of who wrote it", async () => {
  const id = await server.control.send({ to: SHOP, from: ADA, name: "Ada", text: "hello", addressing: "lid" });
  await vi.waitFor(() => expect(ids()).toEqual([id]), WAIT);
  await session.inbound?.settle();
  const [item] = api.itemsOf("messages");
  expect(item).toMatchObject({ content: "hello", messageType: "TEXT", fromMe: false, pushName: "Ada", source: "live", status: null, media: null });
  expect(item?.["remoteJid"]).toMatch(/^\d+@lid$/);
  expect(item?.["remoteJidAlt"]).toBe(ADA_JID);
  expect(api.heard.every(({ traceId }) => /^[0-9a-f-]{36}$/.test(traceId))).toBe(true);
});

test("many messages of several people arrive in the order of their chats, each once", async () => {
  const people = [ADA, BOB];
  const sent: string[][] = [[], []];
  for (let n = 0; n < 20; n += 1) sent[n % 2]?.push(await server.control.send({ to: SHOP, from: people[n % 2] ?? ADA, text: `number ${n}` }));
  await vi.waitFor(() => expect(ids()).toHaveLength(20), WAIT);
  await session.inbound?.settle();
  for (const [index, person] of people.entries()) {
    const chat = api.itemsOf("messages").filter(({ remoteJid, remoteJidAlt }) => [remoteJid, remoteJidAlt].includes(`${person}@s.whatsapp.net`));
    expect(chat.map(({ messageId }) => messageId)).toEqual(sent[index]);
  }
});

test("the first message of somebody new is not overtaken by the second while their addresses are learnt", async () => {
  session.hasSlowDevices = true;
  const sent: string[] = [];
  for (let n = 0; n < 3; n += 1) sent.push(await server.control.send({ to: SHOP, from: ADA, text: `number ${n}` }));
  await vi.waitFor(() => expect(ids()).toHaveLength(3), WAIT);
  expect(ids()).toEqual(sent);
  expect(session.hasSlowDevices).toBe(false);
});

test("what waited while we were away arrives before what is written now", async () => {
  session.keysTakeMs = 30;
  await session.disconnect();
  const sent: string[] = [];
  for (let n = 0; n < 6; n += 1) sent.push(await server.control.send({ to: SHOP, from: ADA, text: `number ${n}` }));
  session.connect();
  await vi.waitFor(() => expect(session.isOpen).toBe(true), WAIT);
  for (let n = 6; n < 9; n += 1) sent.push(await server.control.send({ to: SHOP, from: ADA, text: `number ${n}` }));
  await vi.waitFor(() => expect(ids()).toEqual(sent), WAIT);
});

test("what waited while we were away arrives as new, each once", async () => {
  await session.disconnect();
  const sent = [
    await server.control.send({ to: SHOP, from: ADA, text: "are you there?" }),
    await server.control.send({ to: SHOP, from: ADA, text: "hello?" }),
  ];
  session.connect();
  await vi.waitFor(() => expect(ids()).toEqual(sent), WAIT);
  expect(api.itemsOf("messages").map(({ source }) => source)).toEqual(["live", "live"]);
});

test("a message is in the spool before the ratchet that decrypted it is kept", async () => {
  await server.control.send({ to: SHOP, from: ADA, text: "first" });
  await vi.waitFor(() => expect(ids()).toHaveLength(1), WAIT);
  const order: string[] = [];
  const { submit } = session.delivery;
  session.delivery = {
    ...session.delivery,
    submit: async (call) => {
      await submit(call);
      if (call.path === "messages") order.push("spooled");
    },
  };
  session.beforeKeys = (data) => {
    if (data.session !== undefined) order.push("ratchet");
  };
  await server.control.send({ to: SHOP, from: ADA, text: "second" });
  await vi.waitFor(() => expect(order).toContain("ratchet"), WAIT);
  expect(order.slice(0, 2)).toEqual(["spooled", "ratchet"]);
});

test("a message that cannot be kept is not acknowledged: it is asked for again, and arrives once it can", async () => {
  const { delivery } = session;
  let refusals = 0;
  session.delivery = {
    ...delivery,
    submit: (call) => {
      if (call.path !== "messages" || refusals > 0) return delivery.submit(call);
      refusals += 1;
      return Promise.reject(new Error("no space left on device"));
    },
  };
  const id = await server.control.send({ to: SHOP, from: ADA, text: "keep me" });
  await vi.waitFor(() => expect(ids()).toEqual([id]), WAIT);
  expect(refusals).toBe(1);
  expect(api.itemsOf("messages")[0]).toMatchObject({ content: "keep me" });
});

test("reactions, edits and deletions are changes of the message they are about", async () => {
  const id = await server.control.send({ to: SHOP, from: ADA, text: "hello" });
  const key = { remoteJid: ADA_JID, id, fromMe: true };
  const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type;
  await server.control.send({ to: SHOP, from: ADA, message: { reactionMessage: { key, text: "👍", senderTimestampMs: Date.now() } } });
  await server.control.send({
    to: SHOP,
    from: ADA,
    message: { protocolMessage: { key, type: MESSAGE_EDIT, editedMessage: { conversation: "hello!" }, timestampMs: Date.now() } },
  });
  await server.control.send({ to: SHOP, from: ADA, message: { protocolMessage: { key, type: REVOKE } } });
  await vi.waitFor(() => expect(api.itemsOf("messages/changes")).toHaveLength(3), WAIT);
  expect(api.itemsOf("messages/changes")).toMatchObject([
    { messageId: id, kind: "reaction", emoji: "👍" },
    { messageId: id, kind: "edit", content: "hello!" },
    { messageId: id, kind: "delete" },
  ]);
  expect(ids()).toEqual([id]);
});

test("an own message's receipts move its status, each step once and in order", async () => {
  const sent = await session.socket?.sendMessage(ADA_JID, { text: "from us" });
  const id = sent?.key.id ?? "";
  await server.control.receipt({ account: SHOP, from: ADA, id, type: "delivered" });
  await server.control.receipt({ account: SHOP, from: ADA, id, type: "read" });
  await vi.waitFor(() => expect(api.itemsOf("messages/status").map(({ status }) => status)).toContain("READ"), WAIT);
  expect(api.itemsOf("messages/status").map(({ messageId, status }) => [messageId, status])).toEqual([
    [id, "SENT"],
    [id, "DELIVERED"],
    [id, "READ"],
  ]);
});

test("a receipt is in the spool before it is acknowledged", async () => {
  const sent = await session.socket?.sendMessage(ADA_JID, { text: "from us" });
  const order: string[] = [];
  const { submit } = session.delivery;
  session.delivery = {
    ...session.delivery,
    submit: async (call) => {
      await submit(call);
      if (JSON.stringify(call.items).includes("READ")) order.push("spooled");
    },
  };
  // The library tells of it in the same breath as it acknowledges it.
  session.socket?.ev.on("messages.update", (updates) => {
    if (updates.some(({ update }) => update.status === proto.WebMessageInfo.Status.READ)) order.push("acknowledged");
  });
  await server.control.receipt({ account: SHOP, from: ADA, id: sent?.key.id ?? "", type: "read" });
  await vi.waitFor(() => expect(order).toContain("acknowledged"), WAIT);
  expect(order.slice(0, 2)).toEqual(["spooled", "acknowledged"]);
});

test("a group's subject and members are told, and kept for the next send", async () => {
  const jid = await server.control.createGroup({ subject: "Team", owner: ADA, members: [SHOP, BOB] });
  await vi.waitFor(() => expect(session.groupCache.get("shop", jid)).toBeDefined(), WAIT);
  await vi.waitFor(() => expect(api.itemsOf("groups")).toContainEqual(expect.objectContaining({ jid, subject: "Team" })), WAIT);
  await server.control.changeGroup(jid, { action: "remove", phones: [BOB], by: ADA });
  await vi.waitFor(() => expect(api.itemsOf("groups")).toContainEqual(expect.objectContaining({ jid, action: "remove" })), WAIT);
  await vi.waitFor(() => expect(session.groupCache.get("shop", jid)?.participants).toHaveLength(2), WAIT);
});

test("while no API answers messages wait, and arrive in order when one does", async () => {
  await api.stop();
  const sent: string[] = [];
  for (let n = 0; n < 5; n += 1) sent.push(await server.control.send({ to: SHOP, from: ADA, text: `number ${n}` }));
  await vi.waitFor(() => expect(session.delivery.counters().waiting).toBeGreaterThanOrEqual(5), WAIT);
  await api.startAgain();
  await vi.waitFor(() => expect(ids()).toEqual(sent), WAIT);
});
