import { kindOf } from "./channel-name.ts";
import type { AppCredentials } from "./app-credentials.ts";
import { frames } from "./frames.ts";
import type { Hub } from "./hub.ts";
import { findSignatureProblem } from "./signature.ts";
import { parseBatch, parseTrigger, type ParsedTriggers, type Trigger } from "./trigger.ts";

export type RestRequest = { readonly method: string; readonly url: URL; readonly body: Uint8Array };
export type RestAnswer = { readonly status: number; readonly body: object };
export type RestContext = {
  readonly findApp: (id: string) => { readonly app: AppCredentials; readonly hub: Hub } | undefined;
  readonly nowSeconds: number;
  /** Told of every event that was taken, with the number of connections it went to. */
  readonly onPublished: (deliveries: number) => void;
};

/** The HTTP side of the protocol: what an app's server asks for. Total: bad input is an answer, not an error. */
export function answerRest({ method, url, body }: RestRequest, { findApp, nowSeconds, onPublished }: RestContext): RestAnswer {
  if (url.pathname === "/") return { status: 200, body: { status: "ok" } };
  const [, appId, action] = /^\/apps\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (appId === undefined || action === undefined) return refuse(404, "Unknown path");
  const found = findApp(appId);
  if (found === undefined) return refuse(404, `App ${appId} does not exist`);
  const { app, hub } = found;
  const problem = findSignatureProblem({ method, path: url.pathname, query: url.searchParams, body }, app, nowSeconds);
  if (problem !== undefined) return refuse(401, problem);
  if (action === "events" || action === "batch_events") {
    if (method !== "POST") return refuse(405, `${action}: expected POST`);
    return publish(action === "events" ? parseTrigger(body) : parseBatch(body), { hub, onPublished, isBatch: action === "batch_events" });
  }
  const isQuery = /^channels(\/[^/]+(\/users)?)?$/.test(action);
  if (isQuery && method === "GET") return query(action, url.searchParams, hub);
  return isQuery ? refuse(405, `${action}: expected GET`) : refuse(404, "Unknown path");
}

type Publishing = { readonly hub: Hub; readonly onPublished: RestContext["onPublished"]; readonly isBatch: boolean };

function publish(parsed: ParsedTriggers, { hub, onPublished, isBatch }: Publishing): RestAnswer {
  if (parsed.problem !== undefined) return refuse(parsed.problem.status, parsed.problem.error);
  for (const { channels, event, data, exceptSocketId } of parsed.triggers)
    for (const channel of new Set(channels)) onPublished(hub.publish(channel, frames.published(channel, event, data), exceptSocketId));
  const hasInfo = parsed.triggers.some(({ info }) => info.length > 0);
  if (!hasInfo) return { status: 200, body: {} };
  if (isBatch) return { status: 200, body: { batch: parsed.triggers.map((trigger) => infoOf(trigger, hub)[trigger.channels[0] ?? ""] ?? {}) } };
  return { status: 200, body: { channels: Object.assign({}, ...parsed.triggers.map((trigger) => infoOf(trigger, hub))) as object } };
}

const infoOf = ({ channels, info }: Trigger, hub: Hub): Record<string, object> =>
  Object.fromEntries(channels.map((channel) => [channel, describe(channel, info, hub)]));

function query(action: string, parameters: URLSearchParams, hub: Hub): RestAnswer {
  const info = (parameters.get("info") ?? "").split(",").filter((each) => each !== "");
  if (action === "channels") return listChannels(parameters.get("filter_by_prefix") ?? "", info, hub);
  const [, channel = "", users] = action.split("/");
  if (users === undefined) {
    if (info.includes("user_count") && kindOf(channel) !== "presence") return refuse(400, "user_count is of presence channels alone");
    return { status: 200, body: { occupied: hub.facts(channel).subscriptionCount > 0, ...describe(channel, info, hub) } };
  }
  if (kindOf(channel) !== "presence") return refuse(400, "users are of presence channels alone");
  return { status: 200, body: { users: hub.usersOf(channel).map((id) => ({ id })) } };
}

function listChannels(prefix: string, info: readonly string[], hub: Hub): RestAnswer {
  if (info.includes("user_count") && kindOf(prefix) !== "presence") return refuse(400, "user_count needs filter_by_prefix=presence-");
  const names = hub.occupied.filter((name) => name.startsWith(prefix));
  return { status: 200, body: { channels: Object.fromEntries(names.map((name) => [name, describe(name, info, hub)])) } };
}

function describe(channel: string, info: readonly string[], hub: Hub): object {
  const { subscriptionCount, userCount } = hub.facts(channel);
  return {
    ...(info.includes("subscription_count") ? { subscription_count: subscriptionCount } : {}),
    ...(info.includes("user_count") && kindOf(channel) === "presence" ? { user_count: userCount } : {}),
  };
}

const refuse = (status: number, error: string): RestAnswer => ({ status, body: { error, code: status } });
