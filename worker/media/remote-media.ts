import type { proto, WAMessage } from "@whiskeysockets/baileys";
import { z } from "zod";

/** Everything it takes to fetch a message's media, also after a restart: kept as JSON in `whatsapp_media.remote`, never returned. */
export const remoteMedia = z.object({
  kind: z.enum(["image", "video", "ptv", "audio", "sticker", "document"]),
  /** Where on the media host it lies; undefined when the sender named none. */
  directPath: z.string().optional(),
  /** Base64. */
  mediaKey: z.string(),
  /** SHA-256 of the content, base64: what is fetched must have it. */
  fileSha256: z.string().optional(),
  fileLength: z.number().optional(),
  /** The message, for asking its sender to upload again. */
  key: z.object({ remoteJid: z.string(), id: z.string(), fromMe: z.boolean(), participant: z.string().nullable() }),
});
export type RemoteMedia = z.infer<typeof remoteMedia>;

type Kind = RemoteMedia["kind"];
type MediaField = "imageMessage" | "videoMessage" | "ptvMessage" | "audioMessage" | "stickerMessage" | "documentMessage";
type AnyMedia = {
  readonly directPath?: string | null;
  readonly mediaKey?: Uint8Array | null;
  readonly fileSha256?: Uint8Array | null;
  readonly fileLength?: proto.Message.IImageMessage["fileLength"];
};

/** In the order in which a message is read. */
const FIELDS: readonly (readonly [MediaField, Kind])[] = [
  ["imageMessage", "image"],
  ["videoMessage", "video"],
  ["ptvMessage", "ptv"],
  ["audioMessage", "audio"],
  ["stickerMessage", "sticker"],
  ["documentMessage", "document"],
];

/** Undefined without a key: what WhatsApp hosts is encrypted. */
export function toRemoteMedia(content: WAMessage["message"], key: RemoteMedia["key"]): RemoteMedia | undefined {
  for (const [field, kind] of FIELDS) {
    const media: AnyMedia | null | undefined = content?.[field];
    if (media === null || media === undefined) continue;
    const mediaKey = toBase64(media.mediaKey);
    if (mediaKey === undefined) return undefined;
    const fileSha256 = toBase64(media.fileSha256);
    const fileLength = Number(media.fileLength ?? Number.NaN);
    return {
      kind,
      ...(media.directPath ? { directPath: media.directPath } : {}),
      mediaKey,
      ...(fileSha256 === undefined ? {} : { fileSha256 }),
      ...(Number.isSafeInteger(fileLength) ? { fileLength } : {}),
      key,
    };
  }
  return undefined;
}

/** The message as the client library wants it when it asks for another upload. */
export function toMediaMessage({ kind, mediaKey, directPath, key }: RemoteMedia): WAMessage {
  const [field] = FIELDS.find(([, each]) => each === kind) ?? ["imageMessage"];
  const { participant, ...rest } = key;
  return {
    key: { ...rest, ...(participant === null ? {} : { participant }) },
    message: { [field]: { mediaKey: Buffer.from(mediaKey, "base64"), ...(directPath === undefined ? {} : { directPath }) } },
  };
}

/** The path another upload got; undefined when there is none. */
export function directPathOf(message: WAMessage): string | undefined {
  const found = FIELDS.flatMap(([field]) => message.message?.[field]?.directPath ?? []);
  return found[0];
}

function toBase64(bytes: Uint8Array | string | null | undefined): string | undefined {
  if (typeof bytes === "string") return bytes === "" ? undefined : bytes;
  return bytes === null || bytes === undefined || bytes.length === 0 ? undefined : Buffer.from(bytes).toString("base64");
}
