import { expect, test } from "vitest";
import { extensionOf, isShownInline, servedType } from "./media-type.ts";

test.each([
  ["image/jpeg", "image/jpeg"],
  ["Audio/OGG; codecs=opus", "audio/ogg"],
  ["text/html", "application/octet-stream"],
  ["image/svg+xml", "application/octet-stream"],
  ["constructor", "application/octet-stream"],
  [null, "application/octet-stream"],
])("%s is served as %s", (stored, served) => {
  expect(servedType(stored)).toBe(served);
});

test("only pictures, films and sounds are shown in place", () => {
  expect(["image/png", "video/mp4", "audio/wav"].map(isShownInline)).toEqual([true, true, true]);
  expect(["application/pdf", "text/plain", "application/octet-stream"].map(isShownInline)).toEqual([false, false, false]);
});

test("a file without a name gets the ending of its type", () => {
  expect([extensionOf("image/jpeg"), extensionOf("application/octet-stream")]).toEqual(["jpg", "bin"]);
});
