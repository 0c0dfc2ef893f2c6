import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Locator, Page, WebSocketRoute } from "playwright-core";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectComplaints, launchBrowser } from "../testing/browser.ts";
import { callPhone } from "./phone-control.ts";
import { SESSIONS } from "./seed/identities.ts";
import { visit, type Visitor } from "./testing/admin-visitor.ts";
import { startDemoForTests, type DemoForTests } from "./testing/demo-systems.ts";
import { collectEvents, type HeardEvent } from "./testing/heard-events.ts";
import { createIngestClient, type IngestClient } from "./testing/ingest-client.ts";
import { SALES_PHONE } from "./whatsapp-side.ts";

const { sessionId } = SESSIONS.sales;
const CHANNEL = `private-whatsapp.${sessionId}`;
/** Later than whatever the seed has stored. */
const EPOCH = 1_000;
/** Long for an event, far from the page's slow poll. */
const AT_ONCE_MS = 8_000;
const FAMILIES = ["sessions", "conversation", "contacts", "realtime"];

let demo: DemoForTests;
let browser: Browser;
let ingest: IngestClient;
let seq = 0;

beforeAll(async () => {
  demo = await startDemoForTests({ isFaithful: true });
  browser = await launchBrowser();
  ingest = createIngestClient({ baseUrl: demo.systems.urls.proxy, serviceTokenSecret: demo.systems.serviceTokenSecret });
});
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

async function report(path: string, body: object): Promise<void> {
  expect(await ingest(path, body)).toMatchObject({ status: 200, body: { success: true } });
}

type Written = { readonly messageId: string; readonly content: string; readonly from: string; readonly fromMe?: boolean };

const write = ({ messageId, content, from, fromMe = false }: Written): Promise<void> =>
  report("messages", {
    sessionId,
    items: [
      {
        messageId,
        remoteJid: `${from}@s.whatsapp.net`,
        fromMe,
        ...(fromMe ? { status: "SENT" } : { pushName: "Nobody Real" }),
        timestamp: new Date().toISOString(),
        source: fromMe ? "append" : "live",
        messageType: "TEXT",
        content,
      },
    ],
  });

const rise = (messageId: string, status: "DELIVERED" | "READ"): Promise<void> =>
  report("messages/status", { sessionId, items: [{ messageId, status, at: new Date().toISOString() }] });

function socketBecomes(status: "CONNECTING" | "CONNECTED"): Promise<void> {
  seq += 1;
  const reason = status === "CONNECTING" ? { reason: "restart_required" } : {};
  return report(`sessions/${sessionId}/state`, { epoch: EPOCH, seq, status, ...reason, reconnectAttempts: 0, occurredAt: new Date().toISOString() });
}

async function ops(method: "PUT" | "POST", path: string, body: object): Promise<void> {
  const answer = await request(`${demo.systems.urls.ops}/api/cutover/${path}`, {
    method,
    headers: { authorization: `Bearer ${demo.systems.opsToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect({ status: answer.statusCode, text: await answer.body.text() }).toMatchObject({ status: 200 });
}

/** Emissions of one system that the tap has handed on so far. */
async function forwardedOf(system: "legacy" | "nest"): Promise<number> {
  const answer = await request(`${demo.systems.urls.ops}/metrics`, { headers: { authorization: `Bearer ${demo.systems.opsToken}` } });
  const line = (await answer.body.text()).split("\n").find((each) => each.includes(`tap_calls_total{system="${system}",result="forwarded"}`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const flip = async (stage: string, percent?: number): Promise<void> => {
  for (const family of FAMILIES)
    await ops("PUT", family, { stage, reason: "a browser watches", override: true, ...(percent === undefined ? {} : { percent }) });
};
const rollBack = async (): Promise<void> => {
  for (const family of FAMILIES) await ops("POST", `${family}/rollback`, { reason: "a browser watches" });
};

type Watcher = Visitor & { readonly heard: readonly HeardEvent[]; readonly complaints: readonly string[] };

async function watch(who: string, path: string): Promise<Watcher> {
  const visitor = await visit(browser, demo.systems.urls.proxy, who);
  const heard = collectEvents(visitor.page);
  const complaints = collectComplaints(visitor.page);
  await visitor.goTo(path);
  await isLive(visitor.page);
  return { ...visitor, heard, complaints };
}

/** Connected, and let into its channels: what happens now is heard. */
async function isLive(page: Page): Promise<void> {
  await page.getByTestId("live").filter({ hasText: "Live" }).waitFor();
}

/** Lets the page's connections to the broker through, or cuts them. */
async function gateBroker(page: Page): Promise<{ readonly shut: () => void; readonly open: () => void }> {
  const sockets: WebSocketRoute[] = [];
  let isShut = false;
  const cut = (socket: WebSocketRoute): void => void socket.close({ code: 4100, reason: "Over capacity" });
  await page.routeWebSocket(/\/app\//, (socket) => {
    if (isShut) return cut(socket);
    socket.connectToServer();
    sockets.push(socket);
    return undefined;
  });
  return {
    shut: () => {
      isShut = true;
      sockets.splice(0).forEach(cut);
    },
    open: () => void (isShut = false),
  };
}

const chatWith = (page: Page, phone: string): Locator => page.getByTestId("contact").filter({ hasText: `+${phone}` });
const rowsWith = (page: Page, text: string): Locator => page.getByTestId("message").filter({ hasText: text });
const at = (row: Locator, state: "visible" | "detached" = "visible"): Promise<void> => row.waitFor({ state, timeout: AT_ONCE_MS });
const countsOf = (heard: readonly HeardEvent[], event: string, key: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const each of heard.filter((one) => one.channel === CHANNEL && one.event === event)) {
    const value = String(each.data[key]);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
};

describe("the admin UI, live", () => {
  it("talks with a customer's phone over the worker, with nobody asking for news", async () => {
    const customer = "15550990009";
    const phone = (verb: string, body: object): Promise<unknown> => callPhone(demo.systems.urls.phone, verb, body);
    await phone("receipts", { mode: "none" });
    const { page, heard, complaints, picture, leave } = await watch("Owner", `/admin?session=${sessionId}`);
    await phone("send", { to: SALES_PHONE, from: customer, name: "Nobody Real", text: "from a phone" });
    const contact = chatWith(page, customer);
    await at(contact);
    await contact.click();
    await at(rowsWith(page, "from a phone"));
    await page.getByLabel("Message", { exact: true }).fill("from the page");
    await page.getByLabel("Message", { exact: true }).press("Enter");
    const answer = rowsWith(page, "from the page");
    await at(answer.getByRole("img", { name: "Sent" }));
    const id = String(heard.find(({ event }) => event === "message.sent")?.data["messageId"]);
    await phone("receipt", { account: SALES_PHONE, from: customer, id, type: "delivered" });
    await at(answer.getByRole("img", { name: "Delivered" }));
    await phone("receipt", { account: SALES_PHONE, from: customer, id, type: "read" });
    await at(answer.getByRole("img", { name: "Read" }));
    await phone("disconnect", { phone: SALES_PHONE, code: 428 });
    await expect.poll(() => countsOf(heard, "connection.update", "status"), { timeout: 30_000 }).toEqual({ connecting: 1, connected: 1 });
    await at(page.locator(`[data-testid=session][data-id="${sessionId}"]`).filter({ hasText: "Connected" }));
    await picture("live-phone");
    expect(countsOf(heard, "message.queued", "messageId")).toEqual({ [id]: 1 });
    expect(countsOf(heard, "message.sent", "messageId")).toEqual({ [id]: 1 });
    expect(countsOf(heard, "message.status", "status")).toEqual({ DELIVERED: 1, READ: 1 });
    expect(complaints).toEqual([]);
    await leave();
  });

  it("shows a new chat, its messages, their ticks and the socket's state as they happen", async () => {
    const from = "15550990001";
    const { page, heard, complaints, picture, leave } = await watch("Owner", `/admin?session=${sessionId}`);
    await write({ messageId: "LIVE-1", content: "first words", from });
    const contact = chatWith(page, from);
    await at(contact);
    await contact.click();
    await at(rowsWith(page, "first words"));
    await isLive(page);
    await write({ messageId: "LIVE-2", content: "more words", from });
    await at(rowsWith(page, "more words"));
    await write({ messageId: "LIVE-3", content: "an answer", from, fromMe: true });
    await at(rowsWith(page, "an answer").getByRole("img", { name: "Sent" }));
    await rise("LIVE-3", "DELIVERED");
    await at(rowsWith(page, "an answer").getByRole("img", { name: "Delivered" }));
    await rise("LIVE-3", "READ");
    await at(rowsWith(page, "an answer").getByRole("img", { name: "Read" }));
    const session = page.locator(`[data-testid=session][data-id="${sessionId}"]`);
    await socketBecomes("CONNECTING");
    await at(session.filter({ hasText: "Connecting" }));
    await socketBecomes("CONNECTED");
    await at(session.filter({ hasText: "Connected" }));
    await picture("live-conversation");
    expect(countsOf(heard, "message.received", "messageId")).toEqual({ "LIVE-1": 1, "LIVE-2": 1, "LIVE-3": 1 });
    expect(countsOf(heard, "message.status", "status")).toEqual({ DELIVERED: 1, READ: 1 });
    expect(countsOf(heard, "connection.update", "status")).toEqual({ connecting: 1, connected: 1 });
    expect(complaints).toEqual([]);
    await leave();
  });

  it("shows a colleague's request for a conversation to who decides about it", async () => {
    const from = "15550990002";
    await write({ messageId: "LIVE-T", content: "whose am I", from });
    const owner = await watch("Operator 1", `/admin?session=${sessionId}`);
    const mine = chatWith(owner.page, from);
    await mine.click();
    await owner.page.getByTestId("owner").selectOption({ label: "Me" });
    await owner.page.getByRole("button", { name: "Open", exact: true }).click();
    await owner.page.getByRole("button", { name: "Close…" }).waitFor();
    const supervisor = await watch("Supervisor", "/admin/transfers");
    const asking = await watch("Operator 2", `/admin?session=${sessionId}`);
    await chatWith(asking.page, from).click();
    await asking.page.getByRole("button", { name: "Ask for it" }).click();
    const asked = supervisor.page.getByTestId("transfer").filter({ hasText: "Operator 2 asks Operator 1" });
    await at(asked.first());
    expect(supervisor.heard.filter(({ event }) => event === "transfer-request:new")).toHaveLength(1);
    await asked.first().getByRole("button", { name: "Approve" }).click();
    await at(asking.page.getByTestId("lock"), "detached");
    expect([...owner.complaints, ...supervisor.complaints, ...asking.complaints]).toEqual([]);
    for (const each of [owner, supervisor, asking]) await each.leave();
  });

  it("misses nothing and shows nothing twice while the families go from legacy to nest and back", async () => {
    const from = "15550990003";
    await flip("legacy");
    await write({ messageId: "FLIP-0", content: "flip message 0.", from });
    const chat = await watch("Owner", `/admin?session=${sessionId}`);
    await chatWith(chat.page, from).click();
    await at(rowsWith(chat.page, "flip message 0."));
    await isLive(chat.page);
    const pairing = await watch("Owner", `/admin/sessions?session=${sessionId}`);
    const before = pairing.heard.length;
    const forwarded = { legacy: await forwardedOf("legacy"), nest: await forwardedOf("nest") };
    const made = { messages: 0, qrs: 0, sockets: 0 };

    let isOver = false;
    const during = (async () => {
      while (!isOver && made.messages < 60) {
        const number = made.messages + 1;
        await write({ messageId: `FLIP-${number}`, content: `flip message ${number}.`, from });
        made.messages = number;
        await sleep(100); // a pace, not a wait: as fast as possible would fill the page's thread
      }
    })();
    const qr = async (stage: string): Promise<void> => {
      const status = await pairing.page.evaluate(async (id) => {
        const answer = await fetch("/api/whatsapp/test-qr", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ sessionId: id }),
        });
        return answer.status;
      }, sessionId);
      expect({ stage, status }).toEqual({ stage, status: 200 });
      made.qrs += 1;
      await at(pairing.page.getByTestId("qr"));
      await pairing.picture(`live-qr-${stage}`);
      await socketBecomes("CONNECTING");
      await at(pairing.page.getByTestId("qr"), "detached");
      await socketBecomes("CONNECTED");
      made.sockets += 2;
      await at(pairing.page.getByText("Socket open"));
    };
    const steps: readonly (readonly [string, () => Promise<void>])[] = [
      ["legacy", () => Promise.resolve()],
      ["shadow", () => flip("shadow")],
      ["canary", () => flip("canary", 50)],
      ["nest", () => flip("nest")],
      ["rollback", rollBack],
    ];
    for (const [name, step] of steps) {
      await step();
      await qr(name);
    }
    isOver = true;
    await during;

    const all = Array.from({ length: made.messages + 1 }, (_, index) => `flip message ${index}.`);
    await at(rowsWith(chat.page, all.at(-1) ?? ""));
    const shown = await chat.page.getByTestId("message").locator(".message-text").allInnerTexts();
    expect(shown).toEqual(all);
    const once = Object.fromEntries(all.slice(1).map((_, index) => [`FLIP-${index + 1}`, 1]));
    await expect.poll(() => countsOf(pairing.heard.slice(before), "message.received", "messageId")).toEqual(once);
    expect(countsOf(pairing.heard.slice(before), "qr.code", "qr")).toEqual({ [`test-qr:${sessionId}`]: made.qrs });
    expect(countsOf(pairing.heard.slice(before), "connection.update", "status")).toEqual({
      connecting: made.sockets / 2,
      connected: made.sockets / 2,
    });
    expect(countsOf(chat.heard, "message.received", "messageId")).toEqual(once);
    expect([...chat.complaints, ...pairing.complaints]).toEqual([]);
    expect(await forwardedOf("legacy")).toBeGreaterThan(forwarded.legacy);
    expect(await forwardedOf("nest")).toBeGreaterThan(forwarded.nest);
    expect(demo.ended).toEqual([]);
    await chat.picture("live-after-rollback");
    await chat.leave();
    await pairing.leave();
  });

  it("catches up after its connection was gone, and is live again", async () => {
    const from = "15550990004";
    await write({ messageId: "OFF-0", content: "before the gap", from });
    const visitor = await visit(browser, demo.systems.urls.proxy, "Owner");
    const { page, leave } = visitor;
    const complaints = collectComplaints(page);
    const gate = await gateBroker(page);
    await visitor.goTo(`/admin?session=${sessionId}`);
    await chatWith(page, from).click();
    await at(rowsWith(page, "before the gap"));
    await isLive(page);
    gate.shut();
    await page.getByTestId("live").filter({ hasText: "Polling" }).waitFor();
    await write({ messageId: "OFF-1", content: "in the gap", from });
    gate.open();
    await isLive(page);
    await at(rowsWith(page, "in the gap"));
    await write({ messageId: "OFF-2", content: "after the gap", from });
    await at(rowsWith(page, "after the gap"));
    expect(await rowsWith(page, "in the gap").count()).toBe(1);
    expect(complaints).toEqual([]);
    await leave();
  });

  it("lives by asking where there is no broker", async () => {
    const from = "15550990005";
    await write({ messageId: "POLL-0", content: "no broker here", from });
    const visitor = await visit(browser, demo.systems.urls.proxy, "Owner");
    const { page } = visitor;
    const complaints = collectComplaints(page);
    const heard = collectEvents(page);
    await page.route("**/api/chat/realtime/config", (route) =>
      route.fulfill({ json: { success: false, hasConfig: false, message: "Realtime not configured", config: null } }),
    );
    await visitor.goTo(`/admin?session=${sessionId}`);
    await chatWith(page, from).click();
    await rowsWith(page, "no broker here").waitFor();
    await write({ messageId: "POLL-1", content: "found by asking", from });
    await rowsWith(page, "found by asking").waitFor();
    await page.getByTestId("live").filter({ hasText: "Polling" }).waitFor();
    expect(heard).toEqual([]);
    expect(complaints).toEqual([]);
    await visitor.leave();
  });
});
