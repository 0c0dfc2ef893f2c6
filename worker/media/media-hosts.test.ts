import { expect, test } from "vitest";
import { isDirectPath, isPublicAddress, parseMediaHosts } from "./media-hosts.ts";

test("a host named with its port is trusted wherever it resolves to, one without is not", () => {
  expect(parseMediaHosts("mmg.whatsapp.net, localhost:8443")).toEqual([
    { hostname: "mmg.whatsapp.net", port: 443, isTrusted: false },
    { hostname: "localhost", port: 8443, isTrusted: true },
  ]);
});

test.each(["", "a b", "https://mmg.whatsapp.net", "mmg.whatsapp.net/", "host:99999", "user@host", "a,,b", "[::1]:443"])(
  "%o is no list of media hosts",
  (list) => {
    expect(() => parseMediaHosts(list)).toThrow("MEDIA_HOSTS: expected a comma list");
  },
);

test.each(["/v/t62.7118-24/abc?ccb=11-4&oh=01_Q5", "/"])("%o is a path on the media host", (path) => {
  expect(isDirectPath(path)).toBe(true);
});

test.each([
  "",
  "v/t62",
  "//evil.example/x",
  "@evil.example/x",
  ".evil.example/x",
  ":80/x",
  "/x y",
  "/x\r\nHost: evil",
  "/\\evil",
  "https://evil/x",
  "/ä",
  `/${"x".repeat(5_000)}`,
])("%o is no path on the media host", (path) => {
  expect(isDirectPath(path)).toBe(false);
});

test.each(["157.240.1.1", "8.8.8.8", "2a03:2880:f1ff::1", "100.128.0.1", "172.32.0.1", "192.167.1.1"])("%s is a public address", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.9",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "ff02::1",
  "2001:db8::1",
  "2001::1",
  "2002:7f00:1::",
  "localhost",
  "",
])("%s is none", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
