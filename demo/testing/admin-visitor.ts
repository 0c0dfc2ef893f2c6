import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { PACKAGE_ROOT } from "../../lib/paths.ts";

const SCREENSHOTS = join(PACKAGE_ROOT, ".cache", "screenshots");
const VIEWPORT = { width: 1280, height: 800 };

/** Somebody in front of the admin UI, signed in, in a browser context of their own. */
export type Visitor = {
  readonly page: Page;
  readonly goTo: (path: string) => Promise<void>;
  readonly text: () => Promise<string>;
  readonly picture: (name: string) => Promise<Buffer>;
  readonly leave: () => Promise<void>;
};

/** `who`: a part of the name on the sign-in page. */
export async function visit(browser: Browser, baseUrl: string, who: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${baseUrl}/login`);
  await page.getByTestId("user").filter({ hasText: who }).first().click();
  await page.waitForURL("**/admin**");
  return {
    page,
    goTo: async (path) => void (await page.goto(`${baseUrl}${path}`)),
    text: () => page.locator("body").innerText(),
    picture: (name) => takePicture(page, name),
    leave: () => context.close(),
  };
}

/** Kept for whoever wants to see what a test saw. */
export async function takePicture(page: Page, name: string): Promise<Buffer> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const picture = await page.screenshot({ animations: "disabled" });
  writeFileSync(join(SCREENSHOTS, `${name}.png`), picture);
  return picture;
}
