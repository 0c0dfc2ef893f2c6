import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

/** Debian's Chromium; browsers are never downloaded. */
const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts headless Chromium. Throws with what to install when there is none. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) throw new Error(`these tests need Chromium at ${EXECUTABLE}: apt-get install chromium, or set CHROMIUM`);
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

/** Everything a page complains about: console errors, uncaught exceptions, failed requests (not those it cancelled itself). */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") complaints.push(`failed: ${request.method()} ${request.url()} ${reason}`);
  });
  return complaints;
}
