import { expect, test } from "vitest";
import { ApiError } from "../http/api-error.ts";
import { Query } from "../http/query.ts";
import { parseMessagesQuery, parseThreadQuery, type ThreadQuery } from "./thread-query.ts";

function read(parse: (query: Query) => ThreadQuery, search: string): unknown {
  const query = new Query(new URLSearchParams(search));
  try {
    const parsed = parse(query);
    query.assertValid();
    return parsed;
  } catch (error) {
    if (error instanceof ApiError) return error.body;
    throw error;
  }
}

test("nothing asked for is the newest 100 of the tenant", () => {
  expect(read(parseMessagesQuery, "")).toEqual({ contact: undefined, sessionId: undefined, status: undefined, limit: 100, before: undefined });
});

test("contactId is a reference, jid an address, and contactId goes first", () => {
  expect(read(parseMessagesQuery, "contactId=c1&jid=nonsense")).toMatchObject({ contact: { kind: "reference", text: "c1" } });
  expect(read(parseMessagesQuery, "jid=%2B15550000101")).toMatchObject({ contact: { kind: "address", jid: "15550000101@s.whatsapp.net" } });
});

test("problems come in the order of the table", () => {
  expect(read(parseThreadQuery, "jid=x&status=sent")).toEqual({
    error: "contactId is required",
    details: ["contactId is required", "jid is invalid", "status is invalid"],
  });
  expect(read(parseMessagesQuery, "jid=status@broadcast")).toEqual({ error: "jid is invalid" });
});

test("status is exact, `all` is no filter", () => {
  expect(read(parseMessagesQuery, "status=FAILED")).toMatchObject({ status: "FAILED" });
  expect(read(parseMessagesQuery, "status=all")).toMatchObject({ status: undefined });
  expect(read(parseMessagesQuery, "status=ALL")).toEqual({ error: "status is invalid" });
});
