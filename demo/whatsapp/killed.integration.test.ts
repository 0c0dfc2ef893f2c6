import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../lib/free-port.ts";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { callPhone } from "../phone-control.ts";
import { startClient, type Client } from "./testing/client.ts";
import { isClosed, isOpen, texts, WAIT } from "./testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const ROUNDS = 2;
const TIMEOUT_MS = 60_000;

let dataDir: string;
let ports: { readonly port: number; readonly page: number; readonly media: number };
let program: ChildProcess;
let client: Client;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "whatsapp-killed-"));
  ports = { port: await freePort(), page: await freePort(), media: await freePort() };
  program = await start();
  client = startClient(`ws://127.0.0.1:${ports.port}/ws/chat`);
});
afterAll(async () => {
  await client.end();
  program.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

/** The server as a program of its own, up when its page answers. */
async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "dist", "demo", "whatsapp", "main.js")], {
    env: { WHATSAPP_PORT: String(ports.port), WHATSAPP_PAGE_PORT: String(ports.page), WHATSAPP_MEDIA_PORT: String(ports.media), DATA_DIR: dataDir },
    stdio: "ignore",
  });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${ports.page}/state`)).status).toBe(200), WAIT);
  return child;
}

const call = (verb: string, body: object): Promise<unknown> => callPhone(`http://127.0.0.1:${ports.page}`, verb, body);

test("a server killed between messages goes on where it was: nothing unreadable, nothing lost, nothing twice", { timeout: TIMEOUT_MS }, async () => {
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  await call("scan", { qr: client.qr(), phone: SHOP, name: "Shop" });
  await isOpen(client);
  await vi.waitFor(async () => expect(await call("devices", {})).toMatchObject([{ hasHistory: true, waiting: 0 }]), WAIT);
  const written: string[] = [];
  const answered: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < 5; index += 1) {
      const text = `${round}.${index}`;
      await call("send", { to: SHOP, from: ANA, text });
      written.push(text);
      await vi.waitFor(() => expect(texts(client)).toEqual(written), WAIT);
      await client.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text });
      answered.push(text);
    }
    await vi.waitFor(async () => expect(((await call("received", { contact: ANA })) as unknown[]).length).toBe(answered.length), WAIT);
    program.kill("SIGKILL");
    await once(program, "exit");
    await isClosed(client);
    program = await start();
    client.connect();
    await isOpen(client);
  }
  expect(texts(client)).toEqual(written);
  expect(await call("received", { contact: ANA })).toMatchObject(answered.map((text) => ({ text })));
  expect(await call("undecryptable", {})).toEqual([]);
  expect(await call("faults", {})).toEqual([]);
});
