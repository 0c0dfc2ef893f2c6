import { randomBytes } from "node:crypto";
import type { MediaType, proto } from "@whiskeysockets/baileys";
import type { FileContent } from "./content.ts";
import { sealMedia } from "../media/media-seal.ts";
import type { MediaStore } from "../media/media-store.ts";

const DEFAULT_BYTES = 2_048;

const KINDS = {
  image: { mimetype: "image/jpeg", field: "imageMessage" },
  video: { mimetype: "video/mp4", field: "videoMessage" },
  audio: { mimetype: "audio/ogg; codecs=opus", field: "audioMessage" },
  document: { mimetype: "application/pdf", field: "documentMessage" },
  sticker: { mimetype: "image/webp", field: "stickerMessage" },
} as const;

/** Encrypts the file, puts it on the media host, and names it as a phone would. */
export async function composeFile(media: MediaStore, content: FileContent): Promise<proto.IMessage> {
  const plaintext = content.base64 === undefined ? randomBytes(content.size ?? DEFAULT_BYTES) : Buffer.from(content.base64, "base64");
  const { file, mediaKey, fileSha256, fileEncSha256 } = await sealMedia(plaintext, mediaTypeOf(content));
  const directPath = await media.put(file);
  const { mimetype, field } = KINDS[content.kind];
  const common = {
    url: `https://${media.host}${directPath}`,
    directPath,
    mediaKey,
    fileSha256,
    fileEncSha256,
    fileLength: plaintext.length,
    mimetype: content.mimetype ?? mimetype,
  };
  const message = { [field]: { ...common, ...detailsOf(content) } };
  return content.isViewOnce === true ? { viewOnceMessageV2: { message } } : message;
}

const mediaTypeOf = (content: FileContent): MediaType => (content.kind === "audio" && content.isVoiceNote === true ? "ptt" : content.kind);

function detailsOf(content: FileContent): Record<string, unknown> {
  switch (content.kind) {
    case "image":
      return { caption: content.caption ?? null, width: 640, height: 480 };
    case "video":
      return { caption: content.caption ?? null, seconds: content.seconds ?? 7, width: 640, height: 480 };
    case "audio":
      return { ptt: content.isVoiceNote ?? false, seconds: content.seconds ?? 4 };
    case "document":
      return { fileName: content.fileName, title: content.fileName, caption: content.caption ?? null };
    case "sticker":
      return { width: 512, height: 512 };
  }
}
