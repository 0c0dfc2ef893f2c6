import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { request } from "undici";
import { isOpen, startScene, texts, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";

let scene: Scene;
let shown: string | undefined;
beforeEach(async () => {
  shown = undefined;
  scene = await startScene({ qrSource: async () => shown });
});
afterEach(() => scene.close());

async function call(
  verb: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: { result?: unknown; error?: string } }> {
  const answer = await request(`${scene.server.pageUrl}/control/${verb}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, body: (await answer.body.json()) as { result?: unknown; error?: string } };
}

test("everything a test needs can be done over HTTP", async () => {
  const client = scene.client();
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  expect((await call("scan", { qr: client.qr(), phone: SHOP, name: "Shop" })).status).toBe(200);
  await isOpen(client);
  const sent = await call("send", { to: SHOP, from: ANA, content: { kind: "text", text: "over HTTP" } });
  expect(sent.body.result).toMatch(/^3A[0-9A-F]{18}$/);
  await vi.waitFor(() => expect(texts(client)).toEqual(["over HTTP"]), WAIT);
  await client.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text: "answer" });
  await vi.waitFor(async () => expect((await call("received", { contact: ANA })).body.result).toMatchObject([{ text: "answer", stanzas: 1 }]), WAIT);
  expect((await call("disconnect", { phone: SHOP, code: 503 })).status).toBe(200);
  await vi.waitFor(() => expect(client.closes).toEqual([515, 503]), WAIT);
  expect((await call("faults", {})).body.result).toEqual([]);
});

test("the QR another program shows is scanned at the press of a button", async () => {
  expect((await call("scan-shown", { phone: SHOP })).body).toEqual({ error: "no QR is shown right now" });
  const client = scene.client();
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  shown = client.qr();
  expect((await call("scan-shown", { phone: SHOP, name: "Shop" })).status).toBe(200);
  await isOpen(client);
});

test("a wrong body is refused with what was expected, an unknown verb with those there are", async () => {
  const wrong = await call("disconnect", { phone: "abc", code: 999 });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error).toContain("expected a phone number: 6 to 15 digits");
  const unknown = await call("fly", {});
  expect(unknown).toMatchObject({ status: 404, body: { error: expect.stringMatching(/^no verb fly; there are scan, /) } });
});

test("a page of another host that resolves to this machine gets nothing", async () => {
  expect((await call("devices", {}, { host: "evil.example" })).status).toBe(403);
});

test("a change is told to whoever listens", async () => {
  const { body } = await request(`${scene.server.pageUrl}/changes`);
  let heard = "";
  body.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  await vi.waitFor(() => expect(heard).toContain("data: open"), WAIT);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "hello" });
  await vi.waitFor(() => expect(heard).toContain("data: change"), WAIT);
  body.destroy();
});
