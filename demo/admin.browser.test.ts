import { Client } from "pg";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectComplaints, launchBrowser } from "../testing/browser.ts";
import { SESSIONS, USERS } from "./seed/identities.ts";
import { takePicture, visit, type Visitor } from "./testing/admin-visitor.ts";
import { startDemoForTests, type DemoForTests } from "./testing/demo-systems.ts";

let demo: DemoForTests;
let browser: Browser;

beforeAll(async () => {
  demo = await startDemoForTests({ isFaithful: true });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

const enter = (who: string, baseUrl = demo.systems.urls.proxy): Promise<Visitor> => visit(browser, baseUrl, who);
const conversationsOf = (sessionId: string): string => `/admin?session=${sessionId}`;

/** Does what a worker does: nothing else in this demo opens sockets. */
async function execute(sql: string): Promise<void> {
  const client = new Client({ connectionString: demo.whatsappUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** The contact that the list shows first becomes an open conversation of this user, whatever the seed made of it. */
async function openFirstContact(email: string): Promise<void> {
  const owner = USERS.find((user) => user.email === email)?.id ?? "";
  const first = `(select id from whatsapp_contacts where "sessionId" = '${SESSIONS.sales.sessionId}' order by "lastMessageAt" desc nulls last, id limit 1)`;
  await execute(`delete from contact_transfer_requests where status = 'PENDING' and "contactId" = ${first}`);
  await execute(
    `update whatsapp_contacts set "sessionStatus" = 'OPEN', "sessionStartedAt" = now() at time zone 'UTC', "userId" = '${owner}' where id = ${first}`,
  );
}

/** Screens, and what is there once one has all its data. */
const SCREENS: readonly {
  readonly name: string;
  readonly path: string;
  readonly shows: string;
  readonly isWhole: (page: Page) => Promise<unknown>;
}[] = [
  {
    name: "conversations",
    path: conversationsOf(SESSIONS.sales.sessionId),
    shows: "Owner",
    isWhole: async (page) => {
      await page.getByTestId("contact").nth(3).click();
      await page.getByTestId("message").first().waitFor();
      await page.locator(".row[aria-current=true] .unread").waitFor({ state: "detached" });
    },
  },
  {
    name: "sessions",
    path: `/admin/sessions?session=${SESSIONS.sales.sessionId}`,
    shows: "Reconnect attempts",
    isWhole: async (page) => {
      await page.getByText("Socket open").waitFor();
      await page.getByText("0 waiting").waitFor();
    },
  },
  {
    name: "analytics",
    path: `/admin/analytics?session=${SESSIONS.sales.sessionId}`,
    shows: "Hours of the day",
    isWhole: (page) => page.getByTestId("status-breakdown").waitFor(),
  },
  { name: "transfers", path: "/admin/transfers", shows: "Approve", isWhole: (page) => page.getByTestId("transfer").first().waitFor() },
  {
    name: "settings",
    path: `/admin/settings?session=${SESSIONS.support.sessionId}`,
    shows: "Time zone",
    isWhole: (page) => page.getByTestId("config").waitFor(),
  },
];

type Sight = { readonly text: string; readonly complaints: readonly string[] };

async function see(baseUrl: string, { path, isWhole, name }: (typeof SCREENS)[number]): Promise<Sight> {
  const visitor = await enter("Owner", baseUrl);
  const complaints = collectComplaints(visitor.page);
  await visitor.goTo(path);
  await isWhole(visitor.page);
  await visitor.page.getByTestId("live").filter({ hasText: "Live" }).waitFor();
  await visitor.page.waitForLoadState("networkidle");
  await visitor.picture(`admin-${name}-${baseUrl === demo.systems.urls.proxy ? "through-proxy" : "direct"}`);
  const text = await visitor.text();
  await visitor.leave();
  return { text, complaints };
}

describe("the admin UI", () => {
  it.each(SCREENS)("shows $name through the proxy as straight from the legacy app", async (screen) => {
    const { legacy, proxy } = demo.systems.urls;
    await see(legacy, screen); // whatever a first look changes (read marks) is changed now
    const before = await see(legacy, screen);
    const through = await see(proxy, screen);
    const after = await see(legacy, screen); // what time alone changed between two looks is no difference
    expect([...before.complaints, ...through.complaints, ...after.complaints]).toEqual([]);
    expect(before.text).toContain(screen.shows);
    expect([before.text, after.text]).toContain(through.text);
  });

  it("draws the QR code of a session that waits for a phone", async () => {
    const visitor = await enter("Owner");
    await visitor.goTo("/admin/sessions");
    await visitor.page.getByRole("button", { name: "New session" }).click();
    await visitor.page.getByLabel("Session id").fill("browser-test");
    await visitor.page.getByLabel("Name").fill("Made in a browser");
    await visitor.page.getByRole("button", { name: "Create session" }).click();
    // The worker takes the session, WhatsApp gives it a QR.
    await visitor.page.getByRole("img", { name: "QR code" }).waitFor();
    await visitor.picture("admin-qr");
    await visitor.page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await visitor.page.getByRole("button", { name: "Connect", exact: true }).waitFor();
    await visitor.page.getByRole("button", { name: "Delete…" }).click();
    await visitor.page.getByRole("button", { name: "Delete session" }).click();
    const row = visitor.page.locator('[data-testid=session][data-id="browser-test"]');
    await row.waitFor({ state: "detached" });
    expect(await row.count()).toBe(0);
    await visitor.leave();
  });

  it("sends a text and a file, and shows how far they have come", async () => {
    const visitor = await enter("Owner");
    const { page } = visitor;
    const complaints = collectComplaints(page);
    await visitor.goTo(conversationsOf(SESSIONS.sales.sessionId));
    await page.getByTestId("contact").first().click();
    await page.getByLabel("Message", { exact: true }).fill("written in a browser");
    await page.getByLabel("Message", { exact: true }).press("Enter");
    const text = page.getByTestId("message").filter({ hasText: "written in a browser" });
    await text.getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();
    const picture = await page.screenshot();
    await page.getByLabel("Attach a file").setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: picture });
    await page.getByLabel("Message", { exact: true }).fill("a picture of it");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const media = page.getByTestId("message").filter({ hasText: "a picture of it" });
    await media.getByRole("button", { name: "Show" }).click();
    const shown = media.getByRole("img", { name: "a picture of it" });
    await shown.waitFor();
    await expect.poll(() => shown.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(1280);
    await visitor.picture("admin-sent");
    expect(await page.getByTestId("attachment").count()).toBe(0);
    expect(complaints).toEqual([]);
    await visitor.leave();
  });

  it("closes a conversation with one's own words, which stay with it", async () => {
    await openFirstContact("owner@north.example");
    const visitor = await enter("Owner");
    const { page } = visitor;
    await visitor.goTo(conversationsOf(SESSIONS.sales.sessionId));
    await page.getByTestId("contact").first().click();
    await page.getByRole("button", { name: "Close…" }).click();
    await page.getByTestId("preview").getByText("Sentiment").waitFor();
    await visitor.picture("admin-close");
    await page.getByLabel("Your own summary").fill("All settled on the phone");
    await page.getByRole("button", { name: "Close conversation" }).click();
    await page.getByText("Summary: All settled on the phone").waitFor();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    const button = page.getByRole("button", { name: "Close…" });
    await button.waitFor();
    expect(await button.isEnabled()).toBe(true);
    await visitor.leave();
  });

  it("hands a conversation over when an admin approves", async () => {
    await openFirstContact("operator1@north.example");
    const operator = await enter("Operator 2");
    await operator.goTo(conversationsOf(SESSIONS.sales.sessionId));
    await operator.page.getByTestId("contact").first().click();
    await operator.page.getByRole("button", { name: "Ask for it" }).click();
    await operator.page.getByText("You have asked for it").waitFor();
    const supervisor = await enter("Supervisor");
    await supervisor.goTo("/admin/transfers");
    const request = supervisor.page.getByTestId("transfer").filter({ hasText: "Operator 2 asks Operator 1" });
    await request.getByRole("button", { name: "Approve" }).click();
    await request.waitFor({ state: "detached" });
    await operator.page.getByTestId("lock").waitFor({ state: "detached" });
    expect(await operator.page.getByTestId("owner").locator("option:checked").innerText()).toBe("Me");
    await operator.leave();
    await supervisor.leave();
  });

  const reply = (page: Page): Locator => page.getByRole("textbox", { name: "Reply", exact: true });

  it("keeps a session's settings, and shows them to admins alone", async () => {
    const visitor = await enter("Owner");
    await visitor.goTo(`/admin/settings?session=${SESSIONS.billing.sessionId}`);
    await reply(visitor.page).fill("We have got your message.");
    await visitor.page.getByRole("button", { name: "Save" }).click();
    await visitor.page.getByText("Saved").waitFor();
    await visitor.page.reload();
    await expect.poll(() => reply(visitor.page).inputValue()).toBe("We have got your message.");
    await visitor.leave();
    const operator = await enter("Operator 2");
    await operator.goTo("/admin/settings");
    await operator.page.getByText("Only admins see").waitFor();
    await operator.leave();
  });

  it("says what failed, keeps what was shown, and keeps what was typed", async () => {
    const visitor = await enter("Owner");
    const { page } = visitor;
    await visitor.goTo(conversationsOf(SESSIONS.sales.sessionId));
    await page.getByTestId("contact").first().click();
    await page.getByTestId("message").first().waitFor();
    await page.route("**/api/whatsapp/**", (route) => route.fulfill({ status: 503, json: { error: "Service unavailable", details: "r1" } }));
    await page.getByLabel("Message", { exact: true }).fill("not sent yet");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByTestId("composer").getByRole("alert").waitFor();
    await page.getByTestId("contacts").getByRole("alert").waitFor();
    await visitor.picture("admin-unavailable");
    expect(await page.getByTestId("composer").getByRole("alert").innerText()).toBe("Service unavailable");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("not sent yet");
    expect(await page.getByTestId("message").count()).toBeGreaterThan(0);
    await page.unroute("**/api/whatsapp/**");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByTestId("message").filter({ hasText: "not sent yet" }).waitFor();
    await visitor.leave();
  });
});

describe("the summary page", () => {
  it("opens with the link that the demo prints and shows what was compared", async () => {
    const page = await browser.newPage();
    const complaints = collectComplaints(page);
    await page.goto(`${demo.systems.urls.ops}/#token=${demo.systems.opsToken}`);
    await page.getByRole("heading", { name: "Endpoints" }).waitFor();
    await page.getByText("contacts.list").first().waitFor();
    await takePicture(page, "summary");
    expect(page.url()).not.toContain("token");
    expect(complaints.filter((complaint) => !complaint.includes("401"))).toEqual([]);
    await page.close();
  });

  it("refuses a wrong token with a sentence", async () => {
    const page = await browser.newPage();
    await page.goto(demo.systems.urls.ops);
    await page.getByLabel("ops token").fill("not-the-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not known").waitFor();
    expect(await page.getByRole("alert").innerText()).toBe("This token is not known");
    await page.close();
  });
});
