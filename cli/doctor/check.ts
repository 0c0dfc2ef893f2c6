import { messageOf } from "../../lib/errors.ts";

/** What one check of a deployment says. `skipped`: it was not asked for or has nothing to look at. */
export type CheckResult = { readonly name: string; readonly outcome: "ok" | "failed" | "skipped"; readonly detail: string };

export type Finding = Omit<CheckResult, "name">;

export const ok = (detail: string): Finding => ({ outcome: "ok", detail });
export const failed = (detail: string): Finding => ({ outcome: "failed", detail });
export const skipped = (detail: string): Finding => ({ outcome: "skipped", detail });

/** Runs one check; whatever it throws is its failure. */
export async function check(name: string, find: () => Promise<Finding>): Promise<CheckResult> {
  try {
    return { name, ...(await find()) };
  } catch (error) {
    return { name, outcome: "failed", detail: messageOf(error).replaceAll("\n", " ") };
  }
}

export function renderCheck({ name, outcome, detail }: CheckResult): string {
  const mark = { ok: "ok     ", failed: "FAILED ", skipped: "skipped" }[outcome];
  return `${mark} ${name}: ${detail}`;
}
