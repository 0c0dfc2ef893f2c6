import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { analyticsQuery, contactsQuery, messagesQuery, problemsOf, statusQuery, threadQuery } from "./queries.ts";

function problems(schema: z.ZodType, query: object): string[] {
  const parsed = schema.safeParse(query);
  return parsed.success ? [] : problemsOf(parsed.error);
}

describe("a required reference", () => {
  it.each([{}, { sessionId: "" }, { sessionId: "  \t" }])("is required: %j", (query) => {
    expect(problems(statusQuery, query)).toEqual(["sessionId is required"]);
  });

  it("with U+0000 is a reference that no row can have", () => {
    expect(statusQuery.parse({ sessionId: "a\0b" })).toEqual({ sessionId: "a\u{FFFD}b" });
  });
});

describe("limit and offset", () => {
  it.each([
    [{}, 5_000, 0],
    [{ limit: "10", offset: "20" }, 10, 20],
    [{ limit: "0", offset: "-1" }, 5_000, 0],
    [{ limit: "5001", offset: "1000001" }, 5_000, 1_000_000],
    [{ limit: "9".repeat(400), offset: "9".repeat(400) }, 5_000, 1_000_000],
    [{ limit: "10abc", offset: "1.5" }, 5_000, 0],
    [{ limit: "1e2", offset: " 5" }, 5_000, 0],
    [{ limit: "007", offset: "0x10" }, 7, 0],
  ])("of %j", (query, limit, offset) => {
    expect(contactsQuery.parse(query)).toMatchObject({ limit, offset });
  });

  it("of messages are 100 by default and 500 at most", () => {
    expect(messagesQuery.parse({}).limit).toBe(100);
    expect(messagesQuery.parse({ limit: "501" }).limit).toBe(500);
    expect(messagesQuery.parse({ limit: "-3" }).limit).toBe(100);
  });
});

describe("the message queries", () => {
  it("name every problem, in the order of the table", () => {
    expect(problems(threadQuery, { jid: "nobody", status: "pending" })).toEqual(["contactId is required", "jid is invalid", "status is invalid"]);
    expect(problems(messagesQuery, { jid: "status@broadcast" })).toEqual(["jid is invalid"]);
  });

  it("read no jid beside a contactId", () => {
    expect(problems(messagesQuery, { contactId: "c1", jid: "nobody" })).toEqual([]);
    expect(messagesQuery.parse({ contactId: "c1", jid: "15550100001" })).toMatchObject({ contactId: "c1", jid: undefined });
  });

  it("take a status of the contract or all", () => {
    expect(messagesQuery.parse({}).status).toBe("all");
    expect(messagesQuery.parse({ status: "FAILED" }).status).toBe("FAILED");
    expect(problems(messagesQuery, { status: "ALL" })).toEqual(["status is invalid"]);
  });
});

it("analytics keeps a range it does not know", () => {
  expect(analyticsQuery.parse({ sessionId: "s" })).toEqual({ sessionId: "s", timeRange: "7d" });
  expect(analyticsQuery.parse({ sessionId: "s", timeRange: "1 year" }).timeRange).toBe("1 year");
});
