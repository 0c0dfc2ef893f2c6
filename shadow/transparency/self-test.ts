import { messageOf } from "../../lib/errors.ts";
import { BATTERY } from "./battery.ts";
import { toFailure, toResult, type CaseResult } from "./case-result.ts";
import { runCase } from "./run-case.ts";
import { startScriptedSystem } from "./scripted-system.ts";

/** Starts a proxy in front of the system at the URL. */
export type StartProxy = (systemUrl: string) => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;

/** The whole battery against a scripted system, directly and through a proxy of its own. Stops what it started. */
export async function runSelfTest(startProxy: StartProxy): Promise<CaseResult[]> {
  const system = await startScriptedSystem();
  const results: CaseResult[] = [];
  try {
    const proxy = await startProxy(system.url);
    try {
      for (const item of BATTERY) {
        const result = await runCase(system, proxy.url, item).then(
          ({ verdict }) => toResult(item, verdict, { marked: item.onPurpose !== undefined, isPublic: true }),
          (error: unknown) => toFailure(item, messageOf(error)),
        );
        results.push(result);
      }
    } finally {
      await proxy.stop();
    }
  } finally {
    await system.close();
  }
  return results;
}
