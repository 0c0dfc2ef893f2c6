import { describe, expect, it } from "vitest";
import { toResult } from "./case-result.ts";
import { compareSightings } from "./compare-sightings.ts";
import { settle } from "./compare-with-real.ts";
import type { Message, Sighting } from "./sighting.ts";

const message = (given: Partial<Message> = {}): Message => ({
  startLine: "HTTP/1.1 200 OK",
  lines: ["A: 1", "B: 2"],
  connection: [],
  body: "ok",
  trailers: [],
  ...given,
});
const sighting = (given: Partial<Sighting> = {}): Sighting => ({ asked: [], answered: [message()], tail: "", end: "complete", ...given });
const answered = (given: Partial<Message>): Sighting => sighting({ answered: [message(given)] });

describe("two sightings", () => {
  it("that are the same have no difference", () => {
    expect(compareSightings(sighting(), sighting())).toEqual({ differences: [], onPurpose: [] });
  });

  it.each([
    ["answered.status", answered({ startLine: "HTTP/1.1 200 Fine" })],
    ["answered.headers", answered({ lines: ["B: 2", "A: 1"] })],
    ["answered.headers", answered({ lines: ["a: 1", "B: 2"] })],
    ["answered.headers", answered({ lines: ["A: 1", "B: 2", "B: 2"] })],
    ["answered.body", answered({ body: "no" })],
    ["answered.trailers", answered({ trailers: ["X: 1"] })],
    ["answered.information", sighting({ answered: [message({ startLine: "HTTP/1.1 103 Early Hints" }), message()] })],
    ["answered.tail", sighting({ tail: "more" })],
    ["asked.count", sighting({ asked: [message({ startLine: "", lines: [], body: "" })] })],
  ])("that differ in %s say so", (facet, through) => {
    expect(compareSightings(sighting(), through).differences.map((each) => each.facet)).toContain(facet);
  });

  it("that differ in the connection's own headers are explained everywhere", () => {
    const verdict = compareSightings(sighting(), answered({ connection: ["Connection: close"] }));
    expect(verdict).toEqual({ differences: [], onPurpose: ["own-connection"] });
  });

  it("are explained by a row only where the row says so", () => {
    const through = answered({ lines: ["A: 1"], body: "no" });
    expect(compareSightings(sighting(), through, "hop-headers").differences.map(({ facet }) => facet)).toEqual(["answered.body"]);
  });

  it("of a system that answered are not explained by the proxy's own answer", () => {
    const through = answered({ startLine: "HTTP/1.1 502 Bad Gateway" });
    expect(compareSightings(sighting(), through, "no-answer").differences).toHaveLength(1);
    expect(compareSightings(sighting({ answered: [], end: "silent" }), through, "no-answer").differences).toEqual([]);
  });
});

describe("what varies by itself", () => {
  const at = (date: string, body = "ok"): Sighting => answered({ lines: [`Date: ${date}`, "B: 2"], body });

  it("is not held against the proxy", () => {
    const pair = [at("1", "one"), at("3", "three")] as const;
    expect(compareSightings(settle(pair[0], pair), settle(at("2", "two"), pair)).differences).toEqual([]);
  });

  it("covers nothing else", () => {
    const pair = [at("1"), at("3")] as const;
    const through = answered({ lines: ["Date: 2", "B: 3"], body: "other" });
    expect(compareSightings(settle(pair[0], pair), settle(through, pair)).differences.map(({ facet }) => facet)).toEqual([
      "answered.headers",
      "answered.body",
    ]);
  });
});

describe("what is shown of a real system", () => {
  const shown = (direct: Sighting, through: Sighting): string =>
    JSON.stringify(toResult({ group: "g", name: "n" }, compareSightings(direct, through), { marked: false, isPublic: false }));

  it("has no cookie, no unknown header's value and no body", () => {
    const text = shown(
      answered({ lines: ["Set-Cookie: sid=secret1", "X-Customer: secret2", "Content-Type: text/html"], body: "secret3 is here" }),
      answered({ lines: ["Set-Cookie: sid=secret4", "X-Customer: secret5", "Content-Type: text/plain"], body: "secret6" }),
    );
    expect(text).not.toContain("secret");
    expect(text).toContain("Content-Type: text/plain");
    expect(text).toContain("Set-Cookie: (hidden, 11 characters)");
  });
});
