import { messageOf } from "../../lib/errors.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { startProxy, type ProxyReport, type RunningProxy } from "../proxy.ts";
import { startSystem, type RunningSystem, type SystemName, type SystemSettings } from "../systems.ts";
import { createClient, type Client } from "./client.ts";
import type { TargetName } from "./coverage.ts";
import { ENDPOINT_IDS } from "./endpoint-index.ts";

export type Targets = {
  /** Throws what went wrong when it could not be started. */
  readonly client: (name: TargetName) => Client;
  readonly settled: () => Promise<void>;
  readonly report: () => Promise<ProxyReport>;
  readonly legacyUrl: string;
  readonly stop: () => Promise<void>;
};

const FAMILIES = [...new Set(ENDPOINT_IDS.map((id) => id.split(".")[0] ?? ""))].filter((family) => family !== "ingest");

/** Starts what the tests ask: the systems themselves, and the proxy in front of both. One that does not start leaves the others to go on. */
export async function startTargets(names: readonly TargetName[], settingsOf: (name: SystemName) => SystemSettings): Promise<Targets> {
  const isWanted = (name: SystemName): boolean => names.includes(name) || names.includes("proxy");
  const failures = new Map<TargetName, unknown>();
  const systems = new Map<SystemName, RunningSystem>();
  const start = async (name: SystemName): Promise<void> => {
    try {
      systems.set(name, await startSystem(name, settingsOf(name)));
    } catch (error) {
      failures.set(name, error);
    }
  };
  await Promise.all((["legacy", "nest"] as const).filter(isWanted).map(start));
  let store: TestDatabase | undefined;
  let proxy: RunningProxy | undefined;
  const [legacy, nest] = [systems.get("legacy"), systems.get("nest")];
  if (names.includes("proxy") && legacy !== undefined && nest !== undefined) {
    store = await createTestDatabase("parallax");
    const { authSecret, env = {} } = settingsOf("nest");
    const shadowSecret = env["PARALLAX_SHADOW_SECRET"] ?? "";
    const urls = { legacyUrl: legacy.baseUrl, candidateUrl: nest.baseUrl, storeUrl: store.url };
    proxy = await startProxy({ ...urls, authSecret, shadowSecret, families: FAMILIES });
  }
  const running = [...systems.values(), ...(proxy === undefined ? [] : [{ ...proxy, name: "proxy" as const }])];
  const clients = new Map<TargetName, Client>(running.map(({ name, baseUrl }) => [name, createClient(baseUrl)]));
  return {
    client: (name) => {
      const found = clients.get(name);
      const cause = failures.get(name) ?? [...failures.values()][0];
      if (found === undefined) throw new Error(`${name} is not running: ${messageOf(cause)}`, { cause });
      return found;
    },
    settled: async () => proxy?.settled(),
    report: async () => (await proxy?.report()) ?? { endpoints: [], drifts: [] },
    legacyUrl: legacy?.baseUrl ?? "",
    stop: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      await proxy?.stop();
      await Promise.all([...systems.values()].map((system) => system.stop()));
      await store?.drop();
    },
  };
}
