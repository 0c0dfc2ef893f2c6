import type { MessageType } from "@ipnuo/domain/enums";

/** Pictures that carry code, and pages: never shown as what they say they are. */
const NEVER_SHOWN = new Set(["image/svg+xml", "text/html", "application/xhtml+xml"]);

type Wish = { readonly asSticker: boolean; readonly asDocument: boolean };

/** As what kind of message a file of this type goes out. */
export function messageTypeOf(type: string, { asSticker, asDocument }: Wish): MessageType {
  if (asDocument || NEVER_SHOWN.has(type)) return "DOCUMENT";
  if (asSticker && type === "image/webp") return "STICKER";
  if (type.startsWith("image/")) return "IMAGE";
  if (type.startsWith("video/")) return "VIDEO";
  return type.startsWith("audio/") ? "AUDIO" : "DOCUMENT";
}

/** WhatsApp shows no caption under these. */
export const hasCaption = (type: MessageType): boolean => type !== "AUDIO" && type !== "STICKER";
