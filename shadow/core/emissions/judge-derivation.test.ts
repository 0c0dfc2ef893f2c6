import { expect, it } from "vitest";
import type { Emission, EmissionSpec } from "./emission.ts";
import { judgeDerivation, type Derivation } from "./judge-derivation.ts";

const spec: EmissionSpec = { event: "message.received", family: "conversation", key: ["messageId"], compare: { lists: [], rules: [], headers: [] } };
const captured: Emission = {
  system: "legacy",
  channel: "private-whatsapp.s1",
  event: "message.received",
  data: '{"messageId":"m1","content":"x","timestamp":1000}',
  atMs: 61_000,
};
const derived = (more: Partial<Derivation> = {}, data: object = { messageId: "m1", content: "x", timestamp: 1_000 }): Derivation => ({
  outcome: "derived",
  emission: { channels: [captured.channel], event: captured.event, data },
  ...more,
});
const judge = (derivation: Derivation) => {
  const { outcome, differences, minuteMs } = judgeDerivation(captured, derivation, { spec, emittedAtMs: 1_000 });
  expect(minuteMs).toBe(60_000);
  return [outcome, ...differences.map(({ kind, path }) => `${kind} ${path}`)].join(", ");
};

it.each<[what: string, derivation: Derivation, outline: string]>([
  ["the same", derived(), "matched"],
  ["the same, from newer rows", derived({ asOf: 5_000 }), "matched"],
  ["another value", derived({}, { messageId: "m1", content: "y", timestamp: 1_000 }), "drift, value-change $.content"],
  [
    "another value, from rows as old as the emission",
    derived({ asOf: 1_000 }, { messageId: "m1", timestamp: 1_000 }),
    "drift, missing-field $.content",
  ],
  ["another value, from newer rows", derived({ asOf: 1_001 }, { messageId: "m1", timestamp: 1_000 }), "raced"],
  [
    "another channel",
    { outcome: "derived", emission: { channels: ["whatsapp.s1"], event: captured.event, data: JSON.parse(captured.data) as object } },
    "drift, channel @channel",
  ],
  ["no such fact", { outcome: "fact-not-found" }, "missing, missing-emission @emission"],
  ["no such fact, deleted since", { outcome: "fact-not-found", asOf: 2_000 }, "raced"],
  ["no emission", { outcome: "derived" }, "missing, missing-emission @emission"],
  ["an event nest does not know", { outcome: "unknown-event" }, "notDerivable"],
  ["a fact that left no trace", { outcome: "not-derivable" }, "notDerivable"],
])("%s", (_, derivation, outline) => {
  expect(judge(derivation)).toBe(outline);
});
