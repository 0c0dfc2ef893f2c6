import { describe, expect, it } from "vitest";
import { admit, type Arrival } from "./admission.ts";

const arrival = (given: Partial<Arrival>): Arrival => ({ httpVersion: "1.1", target: "/x", rawHeaders: ["Host", "api.example"], ...given });
const withHeaders = (...rawHeaders: string[]): Arrival => arrival({ rawHeaders });

describe("the door admits", () => {
  it.each([
    ["a path as it came", arrival({ target: "/a/../b//%zz?q=50%" }), "/a/../b//%zz?q=50%"],
    ["an asterisk", arrival({ target: "*" }), "*"],
    ["an absolute target of the same host, as its path", arrival({ target: "HTTP://Api.Example/a?b" }), "/a?b"],
    ["an absolute target without a path", arrival({ target: "http://api.example?b" }), "/?b"],
    ["an absolute target without a Host beside it", arrival({ httpVersion: "1.0", target: "http://a/b", rawHeaders: [] }), "/b"],
    ["an address with a port", withHeaders("host", "[2001:db8::1]:8080"), "/x"],
    ["an empty Host", withHeaders("Host", ""), "/x"],
    ["chunked in any case", withHeaders("Transfer-Encoding", " CHUNKED"), "/x"],
    ["HTTP/1.0 without a Host", arrival({ httpVersion: "1.0", rawHeaders: [] }), "/x"],
  ])("%s", (_name, given, target) => expect(admit(given)).toEqual({ kind: "admitted", target }));
});

describe("the door refuses", () => {
  it.each([
    ["two Hosts", withHeaders("Host", "a", "hOST", "a"), 400],
    ["a Host with a path", withHeaders("Host", "a/b"), 400],
    ["a Host with a user", withHeaders("Host", "u@a"), 400],
    ["a list of Hosts", withHeaders("Host", "a, b"), 400],
    ["a target of another host", arrival({ target: "http://other/x" }), 400],
    ["a target of another port", arrival({ target: "http://api.example:81/x" }), 400],
    ["a target with a user", arrival({ target: "http://u@api.example/x" }), 400],
    ["a target of another scheme", arrival({ target: "ftp://api.example/x" }), 400],
    ["a target that is no path", arrival({ target: "api.example:443" }), 400],
    ["two transfer codings", withHeaders("Transfer-Encoding", "gzip, chunked"), 501],
    ["two Transfer-Encodings", withHeaders("Transfer-Encoding", "chunked", "transfer-encoding", "chunked"), 501],
    ["chunks in HTTP/1.0", arrival({ httpVersion: "1.0", rawHeaders: ["Transfer-Encoding", "chunked"] }), 400],
    ["HTTP/2.0 in text", arrival({ httpVersion: "2.0" }), 505],
    ["HTTP/0.9", arrival({ httpVersion: "0.9" }), 505],
  ])("%s", (_name, given, status) => expect(admit(given)).toMatchObject({ kind: "refused", status }));
});
