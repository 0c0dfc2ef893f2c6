import { describe, expect, it } from "vitest";
import { isForged } from "./cookie-origin.ts";

const ALLOWED = ["https://admin.example.com"];
const HOST = "app.example.com";

describe("a request with a cookie", () => {
  it.each([
    [{ host: HOST, origin: "https://app.example.com" }, false],
    [{ host: "app.example.com:443", origin: "https://app.example.com" }, false],
    [{ host: "APP.example.com", origin: "https://app.example.com" }, false],
    [{ host: "127.0.0.1:3001", origin: "http://127.0.0.1:3001" }, false],
    [{ host: HOST, origin: "https://admin.example.com" }, false],
    [{ host: HOST }, false],
    [{ host: HOST, "sec-fetch-site": "same-site" }, false],
    [{ host: HOST, "sec-fetch-site": "none" }, false],
    [{ host: HOST, "sec-fetch-site": "cross-site" }, true],
    [{ host: HOST, origin: "https://app.example.com:8443" }, true],
    [{ host: HOST, origin: "https://app.example.com.evil.com" }, true],
    [{ host: HOST, origin: "null" }, true],
    [{ host: HOST, origin: "" }, true],
    [{ origin: "https://app.example.com" }, true],
    [{ host: HOST, origin: "https://evil.com", "sec-fetch-site": "same-origin" }, true],
  ])("%j is forged: %s", (headers, expected) => {
    for (const method of ["POST", "PATCH", "DELETE"]) expect(isForged(method, headers, ALLOWED)).toBe(expected);
    for (const method of ["GET", "HEAD", "OPTIONS"]) expect(isForged(method, headers, ALLOWED)).toBe(false);
  });

  it("beside a bearer token is not asked", () => {
    expect(isForged("POST", { host: HOST, origin: "https://evil.com", authorization: "Bearer x" }, ALLOWED)).toBe(false);
  });
});
