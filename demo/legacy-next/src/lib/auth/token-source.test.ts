import { expect, test } from "vitest";
import { readToken } from "./token-source.ts";

const tokenOf = (headers: Record<string, string>): string | undefined => readToken(new Headers(headers));

test.each(["Bearer abc", "bearer abc", "BEARER   abc"])("%s holds a token", (authorization) => {
  expect(tokenOf({ authorization })).toBe("abc");
});

test.each(["Basic abc", "Bearer", "Bearer a b", "abc", ""])("header '%s' is bad, even beside a good cookie", (authorization) => {
  expect(tokenOf({ authorization, cookie: "next-auth.session-token=good" })).toBeUndefined();
});

test("the header goes before the cookies", () => {
  expect(tokenOf({ authorization: "Bearer abc", cookie: "next-auth.session-token=other" })).toBe("abc");
});

test("the secure cookie goes before the plain one", () => {
  expect(tokenOf({ cookie: "next-auth.session-token=plain; __Secure-next-auth.session-token=secure" })).toBe("secure");
  expect(tokenOf({ cookie: "theme=dark; next-auth.session-token=plain" })).toBe("plain");
});

test("of a repeated cookie the first counts, an empty one does not", () => {
  expect(tokenOf({ cookie: "next-auth.session-token=first; next-auth.session-token=second" })).toBe("first");
  expect(tokenOf({ cookie: "__Secure-next-auth.session-token=; next-auth.session-token=plain" })).toBe("plain");
});

test("nothing is no token", () => {
  expect(tokenOf({})).toBeUndefined();
  expect(tokenOf({ cookie: "xnext-auth.session-token=a; flag" })).toBeUndefined();
});
