import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "../../lib/log.ts";
import { prepareDatabases } from "../databases.ts";
import { choosePorts } from "../ports.ts";
import { startSystems, type DemoSystems } from "../systems.ts";

export type DemoForTests = {
  readonly systems: DemoSystems;
  /** The application's database. */
  readonly whatsappUrl: string;
  /** programs that ended by themselves */ readonly ended: readonly string[];
  readonly stop: () => Promise<void>;
};

/** The demo's databases and programs on free ports in a directory of their own. */
export async function startDemoForTests({ isFaithful }: { readonly isFaithful: boolean }): Promise<DemoForTests> {
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-demo-"));
  const log = createLogger({ program: "demo", level: "error" });
  const ended: string[] = [];
  const databases = await prepareDatabases({ dataDir, isKept: false, log });
  const stopDatabases = async (): Promise<void> => {
    await databases.postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const systems = await startSystems({ ports: await choosePorts(true), databases, dataDir, isFaithful, onExit: (name) => ended.push(name) });
    return {
      systems,
      whatsappUrl: databases.whatsappUrl,
      ended,
      stop: async () => {
        await systems.stop();
        await stopDatabases();
      },
    };
  } catch (error) {
    await stopDatabases();
    throw error;
  }
}
