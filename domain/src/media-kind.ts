import type { MessageType } from "./enums.ts";

/** Types that look like pictures or text and can run scripts. */
const ACTIVE_TYPES = new Set(["image/svg+xml", "text/html", "application/xhtml+xml"]);

/** What kind of message a file becomes (contract 3.6). */
export function mediaKindOf(mimeType: string, wish: { readonly asSticker: boolean; readonly asDocument: boolean }): MessageType {
  if (wish.asDocument || ACTIVE_TYPES.has(mimeType)) return "DOCUMENT";
  if (wish.asSticker && mimeType === "image/webp") return "STICKER";
  if (mimeType.startsWith("image/")) return "IMAGE";
  if (mimeType.startsWith("video/")) return "VIDEO";
  return mimeType.startsWith("audio/") ? "AUDIO" : "DOCUMENT";
}

/** Sound and stickers carry no caption. */
export function hasCaption(kind: MessageType): boolean {
  return kind !== "AUDIO" && kind !== "STICKER";
}
