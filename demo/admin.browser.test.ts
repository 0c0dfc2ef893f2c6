import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { collectComplaints, launchBrowser } from "../testing/browser.ts";
import { SESSIONS } from "./seed/identities.ts";
import { startDemoForTests, type DemoForTests } from "./testing/demo-systems.ts";

const SCREENSHOTS = join(PACKAGE_ROOT, ".cache", "screenshots");
const VIEWPORT = { width: 1280, height: 800 };

let demo: DemoForTests;
let browser: Browser;

beforeAll(async () => {
  demo = await startDemoForTests({ isFaithful: true });
  browser = await launchBrowser();
  mkdirSync(SCREENSHOTS, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

async function openPage(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: "reduce" });
  const page = await context.newPage();
  return { page, complaints: collectComplaints(page) };
}

/** Signs in as the owner and opens a conversation: what an operator sees most of the day. */
async function visitAdmin(baseUrl: string, name: string): Promise<{ text: string; picture: Buffer; complaints: string[] }> {
  const { page, complaints } = await openPage();
  await page.goto(`${baseUrl}/login`);
  await page.getByTestId("user").filter({ hasText: "Owner" }).first().click();
  await page.waitForURL("**/admin**");
  await page.locator(`[data-testid=session][data-id="${SESSIONS.sales.sessionId}"]`).click();
  await page.getByTestId("contact").first().click();
  await page.getByTestId("message").first().waitFor();
  await page.waitForLoadState("networkidle");
  const picture = await page.screenshot({ animations: "disabled" });
  writeFileSync(join(SCREENSHOTS, `${name}.png`), picture);
  const text = await page.locator("body").innerText();
  await page.context().close();
  return { text, picture, complaints };
}

describe("the admin page", () => {
  it("looks the same through the proxy as straight from the legacy app", async () => {
    const direct = await visitAdmin(demo.systems.urls.legacy, "admin-direct");
    const through = await visitAdmin(demo.systems.urls.proxy, "admin-through-proxy");
    expect(direct.complaints).toEqual([]);
    expect(through.complaints).toEqual([]);
    expect(direct.text.length).toBeGreaterThan(500);
    expect(through.text).toBe(direct.text);
    expect(through.picture.equals(direct.picture)).toBe(true);
  });
});

describe("the summary page", () => {
  it("opens with the link that the demo prints and shows what was compared", async () => {
    const { page, complaints } = await openPage();
    await page.goto(`${demo.systems.urls.ops}/#token=${demo.systems.opsToken}`);
    await page.getByRole("heading", { name: "Endpoints" }).waitFor();
    await page.getByText("contacts.list").first().waitFor();
    writeFileSync(join(SCREENSHOTS, "summary.png"), await page.screenshot({ fullPage: true }));
    expect(page.url()).not.toContain("token");
    expect(complaints.filter((complaint) => !complaint.includes("401"))).toEqual([]);
    await page.context().close();
  });

  it("refuses a wrong token with a sentence", async () => {
    const { page } = await openPage();
    await page.goto(demo.systems.urls.ops);
    await page.getByLabel("ops token").fill("not-the-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not known").waitFor();
    expect(await page.getByRole("alert").innerText()).toBe("This token is not known");
    await page.context().close();
  });
});
