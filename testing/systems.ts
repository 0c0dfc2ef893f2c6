import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { freePort } from "../lib/free-port.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { startProgram, type RunningProgram } from "./program.ts";

export type SystemName = "legacy" | "nest";
export const SYSTEM_NAMES: readonly SystemName[] = ["legacy", "nest"];

export type SystemSettings = {
  readonly databaseUrl: string;
  readonly authSecret: string;
  readonly allowedOrigins?: readonly string[];
  /** Any free one unless given: for a system that comes back where it was. */
  readonly port?: number;
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>;
};

export type RunningSystem = RunningProgram & { readonly name: SystemName };

const HOST = "127.0.0.1";
/** Answers 401 without a token, without touching the database. */
const PROBE_PATH = "/api/whatsapp/sessions";

/** Starts one system as a child process on a free port and waits until it answers. Throws `SYSTEM_START_FAILED` with its output. */
export async function startSystem(name: SystemName, settings: SystemSettings): Promise<RunningSystem> {
  const port = settings.port ?? (await freePort(HOST));
  const baseUrl = `http://${HOST}:${port}`;
  const program = await startProgram({ name, args: argumentsOf(name, port), env: variablesOf(settings, port), baseUrl, probePath: PROBE_PATH });
  return { name, ...program };
}

const path = (...parts: readonly string[]): string => join(PACKAGE_ROOT, ...parts);

function argumentsOf(name: SystemName, port: number): string[] {
  if (name === "legacy") {
    requireBuilt(path("demo", "legacy-next", ".next", "BUILD_ID"), name);
    return [path("node_modules", "next", "dist", "bin", "next"), "start", "demo/legacy-next", "-p", String(port), "-H", HOST];
  }
  requireBuilt(path("dist", "cli", "main.js"), name);
  return [path("bin", "parallax.js"), "api"];
}

function requireBuilt(file: string, name: SystemName): void {
  if (!existsSync(file)) throw new AppError("SYSTEM_NOT_BUILT", `${name} is not built: ${file} is missing; run \`node bin/prepare.js\` first`);
}

function variablesOf({ databaseUrl, authSecret, allowedOrigins = [], env = {} }: SystemSettings, port: number): Record<string, string> {
  const variables = { HOST, PORT: String(port), DATABASE_URL: databaseUrl, AUTH_SECRET: authSecret, ALLOWED_ORIGINS: allowedOrigins.join(",") };
  return { ...variables, ...env };
}
