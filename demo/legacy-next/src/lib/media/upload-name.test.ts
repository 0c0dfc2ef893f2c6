import { expect, test } from "vitest";
import { uploadName } from "./upload-name.ts";

test.each([
  ["a.png", "a.png"],
  ["/etc/passwd", "passwd"],
  ["C:\\temp\\año 1.pdf", "año 1.pdf"],
  ["../../..", ".."],
  ["a\u0000\r\nb\u007f.txt", "ab.txt"],
  ["folder/", "file"],
  ["", "file"],
  [undefined, "file"],
  ["\u{1F600}".repeat(300), "\u{1F600}".repeat(255)],
])("%j becomes %j", (given, name) => {
  expect(uploadName(given)).toBe(name);
});
