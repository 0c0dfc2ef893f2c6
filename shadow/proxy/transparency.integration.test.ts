import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { BATTERY } from "../transparency/battery.ts";
import { ALL_ON_PURPOSE } from "../transparency/on-purpose.ts";
import { runCase } from "../transparency/run-case.ts";
import { startScriptedSystem, type ScriptedSystem } from "../transparency/scripted-system.ts";

let system: ScriptedSystem;
let shadow: ShadowForTests;
const seen = new Set<string>();

beforeAll(async () => {
  system = await startScriptedSystem();
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  shadow = await startShadow({ legacyUrl: system.url, candidateUrl: system.url, storeUrl, yaml: "" });
});
afterAll(async () => {
  await shadow.stop();
  await system.close();
});

describe("direct and through the proxy are the same, but for what the table explains", () => {
  it.each(BATTERY.map((item) => [item.group, item.name, item] as const))("%s: %s", async (_group, _name, item) => {
    const { verdict } = await runCase(system, shadow.url, item);
    for (const id of verdict.onPurpose) seen.add(id);
    expect(verdict.differences).toEqual([]);
    expect(verdict.onPurpose).toEqual(expect.arrayContaining(item.onPurpose === undefined ? [] : [item.onPurpose]));
  });

  it("every row of the table was seen", () => {
    expect([...seen].toSorted()).toEqual(
      ALL_ON_PURPOSE.filter(({ isRealOnly }) => isRealOnly !== true)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it("no two cases have the same name", () => {
    const names = BATTERY.map(({ group, name }) => `${group}: ${name}`);
    expect(names).toHaveLength(new Set(names).size);
  });
});
