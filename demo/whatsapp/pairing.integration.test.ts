import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScene, WAIT, type Scene } from "./testing/paired.ts";

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
