import { expect, test } from "vitest";
import { hasCaption, messageTypeOf } from "./message-type.ts";

const NO_WISH = { asSticker: false, asDocument: false };

test.each([
  ["image/png", NO_WISH, "IMAGE"],
  ["video/mp4", NO_WISH, "VIDEO"],
  ["audio/ogg", NO_WISH, "AUDIO"],
  ["application/pdf", NO_WISH, "DOCUMENT"],
  ["image/svg+xml", NO_WISH, "DOCUMENT"],
  ["text/html", NO_WISH, "DOCUMENT"],
  ["image/webp", { asSticker: true, asDocument: false }, "STICKER"],
  ["image/png", { asSticker: true, asDocument: false }, "IMAGE"],
  ["image/webp", { asSticker: true, asDocument: true }, "DOCUMENT"],
] as const)("%s, %o goes out as %s", (type, wish, expected) => {
  expect(messageTypeOf(type, wish)).toBe(expected);
});

test("sounds and stickers have no caption", () => {
  expect(["AUDIO", "STICKER", "IMAGE", "VIDEO", "DOCUMENT"].map((type) => hasCaption(type as "AUDIO"))).toEqual([false, false, true, true, true]);
});
