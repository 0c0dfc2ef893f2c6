import { analytics } from "@ipnuo/domain/analytics";
import type { DriftReport } from "../shadow/core/summary/report.ts";
import type { DriftKind } from "../shadow/core/types.ts";

/** A fault that the demo puts between the proxy and Nest, so that a faithful candidate shows something. */
export type Injection = {
  /** its number in the drift catalogue */
  readonly id: string;
  readonly title: string;
  readonly endpoint: string;
  readonly path: string;
  readonly apply: (body: Body) => Body;
  readonly expects: readonly ExpectedDrift[];
};

/** A difference an injection must cause; seen as one of these kinds. */
export type ExpectedDrift = { readonly path: string; readonly kinds: readonly DriftKind[] };

export type Body = Readonly<Record<string, unknown>>;

const THREAD = { endpoint: "conversation.thread", path: "/api/whatsapp/chat-messages" } as const;
const KEPT_BY_THE_STUB: ReadonlySet<string> = new Set(["success", "totalMessages"]);

export const INJECTIONS: readonly Injection[] = [
  {
    id: "D01",
    title: "analytics reduced to a stub",
    endpoint: "analytics.get",
    path: "/api/whatsapp/analytics",
    apply: (body) => (body["success"] === true ? { success: true, totalMessages: 0 } : body),
    expects: [
      { path: "$.totalMessages", kinds: ["value-change"] },
      ...Object.keys(analytics.shape)
        .filter((key) => !KEPT_BY_THE_STUB.has(key))
        .map((key): ExpectedDrift => ({ path: `$.${key}`, kinds: ["missing-field", "null-vs-absent"] })),
    ],
  },
  {
    id: "D08",
    title: "messages newest first",
    ...THREAD,
    apply: (body) => withMessages(body, (messages) => messages.toReversed()),
    expects: [{ path: "$.messages", kinds: ["order-change"] }],
  },
  {
    id: "D37",
    title: "message time as epoch milliseconds",
    ...THREAD,
    apply: (body) =>
      withMessages(body, (messages) => messages.map((message) => ({ ...message, timestamp: Date.parse(String(message["timestamp"])) }))),
    expects: [{ path: "$.messages[*].timestamp", kinds: ["type-change"] }],
  },
];

function withMessages(body: Body, change: (messages: readonly Body[]) => readonly Body[]): Body {
  const messages = body["messages"];
  return Array.isArray(messages) ? { ...body, messages: change(messages as readonly Body[]) } : body;
}

export type InjectionResult = {
  readonly found: readonly Injection[];
  readonly missed: readonly { readonly injection: Injection; readonly paths: readonly string[] }[];
  readonly unexpected: readonly DriftReport[];
};

/** Which injections are reported whole, and which open drifts none of them explains. */
export function matchInjections(injections: readonly Injection[], drifts: readonly DriftReport[]): InjectionResult {
  const open = drifts.filter(({ state }) => state === "open" || state === "regressed");
  const isCaused = (drift: DriftReport, injection: Injection, expected: ExpectedDrift): boolean =>
    drift.endpoint === injection.endpoint && drift.path === expected.path && expected.kinds.includes(drift.kind);
  const missed = injections
    .map((injection) => ({
      injection,
      paths: injection.expects.filter((expected) => !open.some((drift) => isCaused(drift, injection, expected))).map(({ path }) => path),
    }))
    .filter(({ paths }) => paths.length > 0);
  return {
    found: injections.filter((injection) => !missed.some((each) => each.injection === injection)),
    missed,
    unexpected: open.filter((drift) => !injections.some((injection) => injection.expects.some((expected) => isCaused(drift, injection, expected)))),
  };
}
