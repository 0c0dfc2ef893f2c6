import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startClient } from "./testing/client.ts";
import { isOpen, startScene, texts, WAIT } from "./testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "whatsapp-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("a server started again on its folder knows its devices, their mail and its contacts' keys", async () => {
  const first = await startScene({ dataDir });
  const client = await first.paired(SHOP);
  await first.server.control.send({ to: SHOP, from: ANA, text: "before" });
  await vi.waitFor(() => expect(texts(client)).toEqual(["before"]), WAIT);
  await client.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text: "answer" });
  await vi.waitFor(() => expect(first.server.control.received(ANA)).toHaveLength(1), WAIT);
  await client.end();
  await vi.waitFor(() => expect(first.server.control.devices()).toMatchObject([{ isOnline: false }]), WAIT);
  await first.server.control.send({ to: SHOP, from: ANA, text: "while away" });
  const authority = first.server.mediaCaFile;
  await first.close();

  const second = await startScene({ dataDir });
  const again = startClient(second.server.url, client.store);
  await isOpen(again);
  await second.server.control.send({ to: SHOP, from: ANA, text: "after" });
  await vi.waitFor(() => expect(texts(again)).toEqual(["while away", "after"]), WAIT);
  await again.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text: "again" });
  await vi.waitFor(() => expect(second.server.control.received(ANA).map(({ text }) => text)).toEqual(["answer", "again"]), WAIT);
  expect(second.server.control.undecryptable()).toEqual([]);
  expect(second.server.control.faults()).toEqual([]);
  expect(second.server.mediaCaFile).toBe(authority);
  await again.end();
  await second.close();
});
