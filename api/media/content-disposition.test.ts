import * as fc from "fast-check";
import { expect, it } from "vitest";
import { contentDisposition } from "./content-disposition.ts";

it.each([
  ["a.pdf", `inline; filename="a.pdf"; filename*=UTF-8''a.pdf`],
  ["año 1.pdf", `inline; filename="a_o 1.pdf"; filename*=UTF-8''a%C3%B1o%201.pdf`],
  ["😀.png", `inline; filename="_.png"; filename*=UTF-8''%F0%9F%98%80.png`],
  [`a"b\\c'(d)*.txt`, `inline; filename="a_b_c'(d)*.txt"; filename*=UTF-8''a%22b%5Cc%27%28d%29%2A.txt`],
  ["a\r\nSet-Cookie: x", `inline; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`],
])("names %j", (fileName, expected) => {
  expect(contentDisposition("inline", fileName)).toBe(expected);
});

it("is a header that carries the name back, whatever the name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (fileName) => {
      const header = contentDisposition("attachment", fileName);
      expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9!~._%-]*$/);
      expect(decodeURIComponent(header.slice(header.indexOf("''") + 2))).toBe(fileName.replaceAll(/\p{Surrogate}/gu, "\u{FFFD}"));
    }),
  );
});
