import { describe, expect, it } from "vitest";
import { answerFor } from "./media-answer.ts";

const ETAG = '"abc"';
const ask = (headers: { method?: string; range?: string; ifRange?: string; ifNoneMatch?: string }) =>
  answerFor({ method: "GET", range: undefined, ifRange: undefined, ifNoneMatch: undefined, ...headers }, ETAG, 10);
const WHOLE = { status: 200, part: { first: 0, last: 9 } };
const PART = { status: 206, part: { first: 1, last: 2 } };

describe("answerFor", () => {
  it.each([
    [{}, WHOLE],
    [{ range: "bytes=1-2" }, PART],
    [{ range: "bytes=1-2", ifRange: ETAG }, PART],
    [{ range: "bytes=1-2", ifRange: `W/${ETAG}` }, WHOLE],
    [{ range: "bytes=1-2", ifRange: '"other"' }, WHOLE],
    [{ range: "bytes=1-2", ifRange: "Tue, 24 Nov 2026 10:00:00 GMT" }, WHOLE],
    [{ range: "bytes=99-", ifRange: '"other"' }, WHOLE],
    [{ range: "bytes=99-" }, { status: 416 }],
    [{ range: "bytes=99-", method: "HEAD" }, WHOLE],
    [{ range: "bytes=1-2", method: "HEAD" }, WHOLE],
    [{ range: "bytes=99-", ifNoneMatch: ETAG }, { status: 304 }],
    [{ range: "bytes=1-2", ifNoneMatch: "*" }, { status: 304 }],
    [{ method: "HEAD", ifNoneMatch: ETAG }, { status: 304 }],
    [{ ifNoneMatch: `"x", W/${ETAG}` }, { status: 304 }],
    [{ ifNoneMatch: '"x","abcd"' }, WHOLE],
    [{ ifNoneMatch: "abc" }, WHOLE],
  ])("%j", (headers, expected) => {
    expect(ask(headers)).toEqual(expected);
  });
});
