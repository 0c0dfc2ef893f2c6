import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScene, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

test("a phone scans the QR, the client is told 515, logs in and opens", async () => {
  const client = await scene.paired(SHOP);
  expect(client.closes).toEqual([515]);
  expect(scene.server.control.devices()).toMatchObject([{ phone: SHOP, name: "Shop", number: 1, isOnline: true }]);
  expect(client.socket().user?.id).toBe(`${SHOP}:1@s.whatsapp.net`);
  expect(client.socket().user?.lid).toMatch(/^\d{15}:1@lid$/);
  expect(scene.server.control.faults()).toEqual([]);
});

test("a device that was paired opens again without pairing", async () => {
  const client = await scene.paired(SHOP);
  await client.end();
  const again = scene.client(client.store);
  await vi.waitFor(() => expect(again.state().connection).toBe("open"), WAIT);
  expect(again.qr()).toBeUndefined();
});

test("a QR that no client shows is refused with what to do", async () => {
  await expect(scene.server.control.scan("https://wa.me/settings/linked_devices#2@old,a,b,c,1", { phone: SHOP })).rejects.toThrow(
    "this QR is not shown any more",
  );
  await expect(scene.server.control.scan("hello", { phone: SHOP })).rejects.toThrow("this is no pairing QR: got 1 comma-separated fields");
});

test("the owner types the code the client shows, and the client opens", async () => {
  const client = scene.client();
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  const code = await client.socket().requestPairingCode(SHOP);
  await vi.waitFor(() => scene.server.control.enterPairingCode(SHOP, `${code.slice(0, 4)}-${code.slice(4)}`, "Shop"), WAIT);
  await vi.waitFor(() => expect(client.state().connection).toBe("open"), WAIT);
  expect(client.closes).toEqual([515]);
  expect(client.socket().user?.id).toBe(`${SHOP}:1@s.whatsapp.net`);
});

test("another code than the client shows pairs nothing", async () => {
  const client = scene.client();
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  const code = await client.socket().requestPairingCode(SHOP);
  const wrong = code === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA";
  await vi.waitFor(() => expect(scene.server.control.enterPairingCode(SHOP, wrong)).rejects.toThrow("this is not the code the client shows"), WAIT);
  expect(scene.server.control.devices()).toEqual([]);
});

test("a code for a phone that no client asks for is refused", async () => {
  await expect(scene.server.control.enterPairingCode(SHOP, "AAAAAAAA")).rejects.toThrow("no client asks to be paired with this phone by code");
});
