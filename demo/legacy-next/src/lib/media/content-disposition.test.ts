import { expect, test } from "vitest";
import { contentDisposition } from "./content-disposition.ts";

test.each([
  ["report.pdf", "report.pdf", "report.pdf"],
  ["año 1.pdf", "a_o 1.pdf", "a%C3%B1o%201.pdf"],
  ['a"b\\c.txt', "a_b_c.txt", "a%22b%5Cc.txt"],
  ["\u{1F600}'(*)", "_'(*)", "%F0%9F%98%80%27%28%2A%29"],
  ["a\r\nX: y", "a__X: y", "a%0D%0AX%3A%20y"],
  ["\ud800", "_", "%EF%BF%BD"],
])("%j is told twice", (name, ascii, encoded) => {
  expect(contentDisposition("inline", name)).toBe(`inline; filename="${ascii}"; filename*=UTF-8''${encoded}`);
});
