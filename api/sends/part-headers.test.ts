import { describe, expect, it } from "vitest";
import { boundaryOf, readPartHeaders } from "./part-headers.ts";

const asBytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const read = (disposition: string, contentType?: string) =>
  readPartHeaders({ "content-disposition": [asBytes(disposition)], ...(contentType === undefined ? {} : { "content-type": [contentType] }) });

describe("readPartHeaders", () => {
  it.each([
    ['form-data; name="file"; filename="a.pdf"', { name: "file", fileName: "a.pdf" }],
    ["form-data; name=file; filename=a.pdf", { name: "file", fileName: "a.pdf" }],
    ['form-data; filename="a.pdf"; name="file"', { name: "file", fileName: "a.pdf" }],
    ['form-data; name="file"; filename="año.pdf"', { name: "file", fileName: "año.pdf" }],
    [String.raw`form-data; name="file"; filename="C:\dir\a.pdf"`, { name: "file", fileName: "a.pdf" }],
    ['form-data; name="file"; filename="../../etc/passwd"', { name: "file", fileName: "passwd" }],
    [String.raw`form-data; name="file"; filename="a\"b.pdf"`, { name: "file", fileName: 'a"b.pdf' }],
    ['form-data; name="file"; filename="a%22b%0D%0A.pdf"', { name: "file", fileName: 'a"b.pdf' }],
    ['form-data; name="file"; filename="x"; filename*=UTF-8\'\'a%C3%B1o.pdf', { name: "file", fileName: "año.pdf" }],
    ["form-data; name=\"file\"; filename*=UTF-8''bad%zz", { name: "file", fileName: "bad%zz" }],
    ['form-data; name="file"; filename="a\u0007b.pdf"', { name: "file", fileName: "ab.pdf" }],
    [`form-data; name="file"; filename="${"é".repeat(300)}"`, { name: "file", fileName: "é".repeat(255) }],
    ['form-data; name="file"; filename=""', { name: "file", fileName: null }],
    ['form-data; name="content"', { name: "content", fileName: null }],
    ["form-data", { name: "", fileName: null }],
    ["", { name: "", fileName: null }],
  ])("%s", (disposition, expected) => {
    expect(read(disposition)).toEqual({ ...expected, contentType: undefined });
  });

  it("gives the type as sent, and none when it is absent or blank", () => {
    expect(read("form-data; name=file", "Image/PNG; x=1").contentType).toBe("Image/PNG; x=1");
    expect(read("form-data; name=file", " ").contentType).toBeUndefined();
  });
});

it.each([
  ["multipart/form-data; boundary=abc", "abc"],
  ['multipart/form-data; charset=utf-8; boundary="a b"', "a b"],
  ["multipart/form-data; Boundary=abc; x=y", "abc"],
  ["multipart/form-data", undefined],
  ["multipart/form-data; boundary=", undefined],
  [`multipart/form-data; boundary=${"a".repeat(71)}`, undefined],
])("the boundary of %s is %s", (contentType, expected) => {
  expect(boundaryOf(contentType)).toBe(expected);
});
