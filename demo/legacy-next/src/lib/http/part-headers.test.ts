import { expect, test } from "vitest";
import { boundaryOf, parsePartHeaders } from "./part-headers.ts";

const disposition = (rest: string) => parsePartHeaders(`Content-Disposition: form-data; ${rest}`);

test.each([
  ['name="file"; filename="a b.png"', "a b.png"],
  ["name=file; filename=a.png", "a.png"],
  ['name="file"; filename="say \\"hi\\".txt"', 'say "hi".txt'],
  ['name="file"; filename="C:\\dir\\a.txt"', "C:\\dir\\a.txt"],
  ['name="file"; filename="año.png"', "año.png"],
  [`name="file"; filename="fallback"; filename*=UTF-8''a%C3%B1o.png`, "año.png"],
  [`name="file"; filename="fallback"; filename*=UTF-8''%ZZ`, "fallback"],
  ['name="file"; filename=""', ""],
])("%s names a file", (rest, fileName) => {
  expect(disposition(rest)).toEqual({ name: "file", fileName, type: undefined });
});

test("a part without a file name is a field", () => {
  expect(disposition('name="a"').fileName).toBeUndefined();
});

test.each(["attachment; name=a", "form-dataset; name=a", ""])("disposition %j makes no field", (value) => {
  expect(parsePartHeaders(`Content-Disposition: ${value}`).name).toBeUndefined();
});

test.each([
  ["image/png", "image/png"],
  ["Audio/OGG; codecs=opus", "audio/ogg"],
  ["image", undefined],
  ["a b/c", undefined],
  ["", undefined],
])("content type %j reads as %s", (value, type) => {
  expect(parsePartHeaders(`content-type: ${value}\r\nContent-Disposition: form-data; name=a`).type).toBe(type);
});

test.each([
  ["multipart/form-data; boundary=abc", "abc"],
  ['multipart/form-data; charset=utf-8; boundary="a b"', "a b"],
  ["multipart/form-data", undefined],
  ["multipart/form-data; boundary=", undefined],
  [`multipart/form-data; boundary=${"a".repeat(71)}`, undefined],
])("the boundary of %s is %s", (contentType, boundary) => {
  expect(boundaryOf(contentType)).toBe(boundary);
});
