import { join } from "node:path";
import { startChild, type Child } from "../demo/child.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";

export type System = "legacy" | "nest";

export type SystemOptions = {
  readonly port: number;
  readonly databaseUrl: string;
  readonly secret: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** The legacy app or Nest as a process of its own, as in production. */
export function startSystem(system: System, { port, databaseUrl, secret, folder, env = {} }: SystemOptions): Promise<Child> {
  const next = [
    join(PACKAGE_ROOT, "node_modules", "next", "dist", "bin", "next"),
    "start",
    join(PACKAGE_ROOT, "demo", "legacy-next"),
    "-p",
    String(port),
    "-H",
    "127.0.0.1",
  ];
  return startChild({
    name: system,
    args: system === "legacy" ? next : [join(PACKAGE_ROOT, "bin", "parallax.js"), "api"],
    env: {
      DATABASE_URL: databaseUrl,
      AUTH_SECRET: secret,
      PORT: String(port),
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      MEDIA_DIR: join(folder, "media"),
      ...env,
    },
    logFolder: join(folder, "logs"),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/api/whatsapp/sessions`).catch(() => undefined))?.status === 401,
    onExit: () => undefined,
  });
}
