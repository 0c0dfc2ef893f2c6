import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeCertificate } from "./media-certificate.ts";

test("the certificate is its own authority, for localhost and 127.0.0.1, and valid now", () => {
  const certificate = new X509Certificate(makeCertificate(new Date("2026-03-04T05:06:07Z")).certificate);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(new Date(certificate.validFrom)).toEqual(new Date("2026-03-03T05:06:07Z"));
  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2036);
});
