import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { collectComplaints, launchBrowser } from "../../../testing/browser.ts";
import { startClient, type Client } from "../testing/client.ts";
import { isOpen, startScene, texts, WAIT, type Scene } from "../testing/paired.ts";

const SCREENSHOTS = process.env["SCREENSHOTS"] ?? join(tmpdir(), "phone-page");

let scene: Scene;
let browser: Browser;
let page: Page;
let client: Client;
let complaints: string[];

beforeAll(async () => {
  scene = await startScene({ qrSource: async () => client.qr() });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
  complaints = collectComplaints(page);
  client = startClient(scene.server.url);
  mkdirSync(SCREENSHOTS, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await client.end();
  await scene.close();
});

test("a person scans what the admin page shows, writes as a contact, and reads the answer with ticks that move", async () => {
  await page.goto(scene.server.pageUrl);
  await page.getByText("None yet. Link one below.").waitFor();
  await vi.waitFor(() => expect(client.qr()).toBeDefined(), WAIT);
  await page.getByRole("button", { name: "Scan the admin page’s QR" }).click();
  await isOpen(client);
  await page.getByText("Device 1 · Mac OS").waitFor();

  await page.getByLabel("Contact", { exact: true }).fill("Ana");
  await page.getByLabel("Number", { exact: true }).fill("15550002000");
  await page.getByRole("button", { name: "Open chat" }).click();
  await page.getByLabel("Message", { exact: true }).fill("Do you have it in blue?");
  await page.getByRole("button", { name: "Send" }).click();
  await vi.waitFor(() => expect(texts(client)).toEqual(["Do you have it in blue?"]), WAIT);
  await page.locator("#messages li.ours .tick[title=delivered]").waitFor();

  const received = client.messages.find(({ message }) => message?.conversation === "Do you have it in blue?");
  await client.socket().readMessages([received?.key ?? {}]);
  await page.locator("#messages li.ours .tick.read").waitFor();

  const sent = await client.socket().sendMessage("15550002000@s.whatsapp.net", { text: "We do. Shall I put one aside?" });
  await page.locator("#messages li.theirs", { hasText: "We do. Shall I put one aside?" }).waitFor();
  await vi.waitFor(() => expect(client.statusOf(sent?.key.id)).toBe(4), WAIT);
  await page.locator("#messages li.theirs .tick.read").waitFor();

  await page.getByLabel("What to send").selectOption("poll");
  await page.getByLabel("Message", { exact: true }).fill("When?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#messages li.ours .kind", { hasText: "poll creation" }).waitFor();
  await page.locator("#messages li.ours", { hasText: "When?" }).waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, "phone-light.png") });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: join(SCREENSHOTS, "phone-dark.png") });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  expect(complaints).toEqual([]);
});

test("what goes wrong is told in words", async () => {
  await page.getByLabel("QR text").fill("hello");
  await page.getByRole("button", { name: "Link with QR text" }).click();
  await vi.waitFor(async () => expect(await page.getByRole("alert").textContent()).toContain("this is no pairing QR"), WAIT);
});
