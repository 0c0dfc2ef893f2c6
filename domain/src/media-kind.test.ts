import { expect, it } from "vitest";
import { hasCaption, mediaKindOf } from "./media-kind.ts";

it.each([
  ["image/png", {}, "IMAGE"],
  ["image/webp", {}, "IMAGE"],
  ["image/webp", { asSticker: true }, "STICKER"],
  ["image/png", { asSticker: true }, "IMAGE"],
  ["image/webp", { asSticker: true, asDocument: true }, "DOCUMENT"],
  ["video/mp4", {}, "VIDEO"],
  ["audio/ogg", {}, "AUDIO"],
  ["audio/ogg", { asDocument: true }, "DOCUMENT"],
  ["image/svg+xml", {}, "DOCUMENT"],
  ["text/html", {}, "DOCUMENT"],
  ["application/pdf", {}, "DOCUMENT"],
  ["application/octet-stream", {}, "DOCUMENT"],
])("%s with %j is %s", (mimeType, wish, kind) => {
  expect(mediaKindOf(mimeType, { asSticker: false, asDocument: false, ...wish })).toBe(kind);
});

it("drops captions of sound and stickers", () => {
  expect((["AUDIO", "STICKER", "IMAGE", "VIDEO", "DOCUMENT"] as const).filter(hasCaption)).toEqual(["IMAGE", "VIDEO", "DOCUMENT"]);
});
