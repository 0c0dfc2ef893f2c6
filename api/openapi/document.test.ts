import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "@ipnuo/domain/endpoints";
import { buildOpenapiDocument } from "./document.ts";
import { structuralProblems } from "../testing/structural-problems.ts";

const document = JSON.parse(JSON.stringify(buildOpenapiDocument())) as Json;
type Json = { [key: string]: Json };

describe("the OpenAPI document", () => {
  it("is structurally valid OpenAPI 3.1", () => {
    expect(structuralProblems(document)).toEqual([]);
  });

  it("has an operation for every endpoint, and no other: nothing of the internal API", () => {
    const operations = Object.values(document["paths"] ?? {}).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(operations.map(String).toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
    expect(Object.keys(document["paths"] ?? {}).filter((path) => path.startsWith("/api/internal"))).toEqual([]);
  });

  it("describes the query as it is validated", () => {
    const { parameters } = document["paths"]?.["/api/whatsapp/contacts"]?.["get"] ?? {};
    expect(parameters).toEqual([
      { in: "query", name: "sessionId", schema: { type: "string" } },
      { in: "query", name: "limit", schema: { type: "integer", default: 5_000, minimum: 1, maximum: 5_000 } },
      { in: "query", name: "offset", schema: { type: "integer", default: 0, minimum: 0, maximum: 1_000_000 } },
    ]);
    const thread = document["paths"]?.["/api/whatsapp/chat-messages"]?.["get"]?.["parameters"] as unknown as Json[];
    expect(thread.map(({ name, required }) => [name, required])).toEqual([
      ["contactId", true],
      ["jid", undefined],
      ["sessionId", undefined],
      ["status", undefined],
      ["limit", undefined],
      ["before", undefined],
    ]);
  });

  it("shares its schemas: a list refers to its items", () => {
    const schemas = document["components"]?.["schemas"] ?? {};
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["Session", "Contact", "Message", "Thread", "Analytics", "SessionConfig", "Error"]));
    expect(JSON.stringify(schemas["SessionList"])).toContain("#/components/schemas/Session");
  });
});

describe("the structural check", () => {
  it.each<[string, (broken: Json) => void, RegExp]>([
    ["another version", (broken) => Object.assign(broken, { openapi: "3.0.3" }), /openapi/],
    [
      "a reference to nothing",
      (broken) => Object.assign(broken["components"]?.["schemas"] ?? {}, { X: { $ref: "#/components/schemas/None" } }),
      /None/,
    ],
    [
      "an operation without responses",
      (broken) => Object.assign(broken["paths"]?.["/api/whatsapp/config"]?.["get"] ?? {}, { responses: {} }),
      /responses/,
    ],
    ["a path without a slash", (broken) => Object.assign(broken["paths"] ?? {}, { nope: {} }), /nope/],
    [
      "OpenAPI 3.0's nullable",
      (broken) => Object.assign(broken["components"]?.["schemas"] ?? {}, { X: { type: "string", nullable: true } }),
      /nullable/,
    ],
  ])("finds %s", (_name, breakIt, problem) => {
    const broken = structuredClone(document);
    breakIt(broken);
    expect(structuralProblems(broken).join("\n")).toMatch(problem);
  });
});
