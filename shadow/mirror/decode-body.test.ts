import { createHash } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compare } from "../core/compare.ts";
import type { Body, HeaderList, Observation } from "../core/types.ts";
import { decodeBody, measureAlike } from "./decode-body.ts";

const CONTENT = Buffer.from(JSON.stringify({ list: Array.from({ length: 50 }, (_, index) => index) }));
const bytes = (of: Buffer): Body => ({ kind: "bytes", bytes: of });
const encoded = (encoding: string): HeaderList => [["Content-Encoding", encoding]];
const sha256 = (of: Buffer): string => createHash("sha256").update(of).digest("hex");

describe("content-encoding", () => {
  it.each([
    ["gzip", gzipSync(CONTENT)],
    ["x-gzip", gzipSync(CONTENT)],
    ["GZIP", gzipSync(CONTENT)],
    ["br", brotliCompressSync(CONTENT)],
    ["deflate", deflateSync(CONTENT)],
    // Some servers send it without zlib's wrapper; browsers take it, and it was "over the cap" here.
    ["deflate", deflateRawSync(CONTENT)],
    ["deflate, gzip", gzipSync(deflateSync(CONTENT))],
    ["identity", CONTENT],
    ["", CONTENT],
  ])("%s is taken off", (encoding, body) => {
    const decoded = decodeBody(bytes(body), encoded(encoding), 1_000_000);
    expect(decoded.kind === "bytes" && Buffer.from(decoded.bytes).equals(CONTENT)).toBe(true);
  });

  it.each([
    ["gzip", CONTENT],
    ["gzip", gzipSync(CONTENT).subarray(0, 20)],
    ["br", CONTENT],
    ["deflate", Buffer.from([0xff, 0xff, 0xff])],
  ])("%s that is not what it says is corrupt", (encoding, body) => {
    expect(decodeBody(bytes(body), encoded(encoding), 1_000_000)).toEqual({ kind: "corrupt", length: body.length, sha256: sha256(body) });
  });

  it.each([
    ["zstd", CONTENT, 1_000_000],
    ["constructor", CONTENT, 1_000_000],
    ["gzip", gzipSync(Buffer.alloc(100_000)), 1_000],
    ["deflate", deflateSync(Buffer.alloc(100_000)), 1_000],
    ["br", brotliCompressSync(Buffer.alloc(100_000)), 1_000],
  ])("%s that cannot be decoded within bounds is known by its encoded bytes", (encoding, body, maxBytes) => {
    expect(decodeBody(bytes(body), encoded(encoding), maxBytes)).toEqual({ kind: "digest", length: body.length, sha256: sha256(body), encoding });
  });

  it("of a digest is noted with it", () => {
    expect(decodeBody({ kind: "digest", length: 1, sha256: "a" }, encoded("gzip"), 1)).toEqual({
      kind: "digest",
      length: 1,
      sha256: "a",
      encoding: "gzip",
    });
  });

  it("of no body is nothing: HEAD and 304 name it too", () => {
    expect(decodeBody({ kind: "none" }, encoded("gzip"), 1)).toEqual({ kind: "none" });
  });
});

describe("a body that was too long to keep on one side only", () => {
  const observe = (body: Body, system: "legacy" | "nest"): Observation => ({
    system,
    status: 200,
    headers: [["content-type", "text/plain"]],
    body,
    tookMs: 1,
  });
  const kindOf = (one: Body, other: Body): string => {
    const [legacy, nest] = measureAlike(observe(one, "legacy"), observe(other, "nest"));
    return compare({ legacy, nest }, { spec: { lists: [], rules: [], headers: [] } }).kind;
  };

  // One side compressed below the cap, the other plain above it: the same content was drift.
  it("matches when the other has the same length and hash", () => {
    const digest: Body = { kind: "digest", length: CONTENT.length, sha256: sha256(CONTENT) };
    expect([kindOf(digest, bytes(CONTENT)), kindOf(bytes(CONTENT), digest)]).toEqual(["matched", "matched"]);
  });

  it("differs when it has not", () => {
    const other: Body = { kind: "digest", length: CONTENT.length, sha256: sha256(Buffer.from("other")) };
    expect([kindOf(other, bytes(CONTENT)), kindOf(bytes(CONTENT), other)]).toEqual(["different", "different"]);
  });

  it("is unknown when only its encoded bytes are known", () => {
    expect(kindOf({ kind: "digest", length: 3, sha256: "a", encoding: "gzip" }, bytes(CONTENT))).toBe("undecided");
  });
});
