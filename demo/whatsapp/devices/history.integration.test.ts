import type { WAMessage } from "@whiskeysockets/baileys";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScene, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

test("a device paired later gets the chats of the phone, with names and whose LID is whose, and only once", async () => {
  const { control } = scene.server;
  await control.send({ to: SHOP, from: ANA, name: "Ana", text: "an old question" });
  await control.sendFromPhone({ account: SHOP, to: ANA, text: "an old answer" });
  const client = scene.client();
  const history: WAMessage[] = [];
  const names: (string | undefined)[] = [];
  client.onSocket((socket) =>
    socket.ev.on("messaging-history.set", ({ messages, contacts }) => {
      history.push(...messages);
      names.push(...contacts.flatMap(({ notify }) => notify ?? []));
    }),
  );
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  await control.scan(client.qr() ?? "", { phone: SHOP, name: "Shop" });
  await vi.waitFor(() => expect(names).toContain("Ana"), WAIT);
  expect(history.map(({ key, message }) => [key.fromMe, message?.conversation])).toEqual([
    [true, "an old answer"],
    [false, "an old question"],
  ]);
  expect(client.store.keys.get(`lid-mapping/${ANA}`)).toMatch(/^"\d{15}"$/);

  await control.disconnect(SHOP, 503);
  await vi.waitFor(() => expect(client.closes).toEqual([515, 503]), WAIT);
  client.connect();
  await vi.waitFor(() => expect(client.state().receivedPendingNotifications).toBe(true), WAIT);
  await control.send({ to: SHOP, from: ANA, text: "new" });
  await vi.waitFor(() => expect(client.messages.some(({ message }) => message?.conversation === "new")).toBe(true), WAIT);
  expect(history).toHaveLength(2);
});
