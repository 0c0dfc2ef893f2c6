import { AppError } from "../lib/errors.ts";
import type { RealtimeTarget } from "./emissions/forwarder.ts";
import type { RealtimeApp } from "./emissions/pusher-signature.ts";
import type { TapSettings } from "./settings.ts";

/** What is given of the tap: flags, variables, file. */
export type TapEnv = {
  readonly TAP_PORT: number;
  readonly TAP_LEGACY_APP?: string | undefined;
  readonly TAP_NEST_APP?: string | undefined;
  readonly SOKETI_URL?: string | undefined;
};

/** Without the app of any system there is no tap. Throws `ENV_INVALID`; a value is never repeated, it holds a secret. */
export function tapSettingsOf(env: TapEnv, mode: "single-writer" | "dual-writer"): TapSettings | undefined {
  const target = parseTarget(env.SOKETI_URL);
  const legacy = parseApp("TAP_LEGACY_APP", env.TAP_LEGACY_APP);
  const nest = parseApp("TAP_NEST_APP", env.TAP_NEST_APP);
  if (legacy === undefined && nest === undefined) return undefined;
  if (legacy !== undefined && legacy.id === nest?.id) throw invalid("TAP_LEGACY_APP and TAP_NEST_APP: expected two apps of different ids");
  if (mode === "dual-writer" && (legacy === undefined || nest === undefined))
    throw invalid(`${legacy === undefined ? "TAP_LEGACY_APP" : "TAP_NEST_APP"} is required: emissions.mode dual-writer pairs both systems`);
  return { port: env.TAP_PORT, target, apps: { ...(legacy === undefined ? {} : { legacy }), ...(nest === undefined ? {} : { nest }) } };
}

function parseApp(name: string, text: string | undefined): RealtimeApp | undefined {
  if (text === undefined) return undefined;
  const [id = "", key = "", secret = "", ...rest] = text.split(":");
  if (!/^[\w-]{1,100}$/.test(id) || key === "" || secret === "" || rest.length > 0) throw invalid(`${name}: expected APP_ID:KEY:SECRET`);
  return { id, key, secret };
}

function parseTarget(text: string | undefined): RealtimeTarget | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const id = /^\/apps\/([\w-]{1,100})\/?$/.exec(url?.pathname ?? "")?.[1];
  const isComplete = url !== undefined && /^https?:$/.test(url.protocol) && url.username !== "" && url.password !== "";
  if (!isComplete || id === undefined) throw invalid("SOKETI_URL (--realtime-url): expected http://KEY:SECRET@host:port/apps/APP_ID");
  return { origin: url.origin, app: { id, key: decodeURIComponent(url.username), secret: decodeURIComponent(url.password) } };
}

function invalid(problem: string): AppError {
  return new AppError("ENV_INVALID", `parallax serve cannot start: ${problem}`);
}
