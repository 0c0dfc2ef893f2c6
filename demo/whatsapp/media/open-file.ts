import { readFile } from "node:fs/promises";
import { normalizeMessageContent, proto, type MediaType } from "@whiskeysockets/baileys";
import { openMedia } from "./media-seal.ts";
import type { World } from "../world.ts";

/** The file a message carries, as its reader sees it. Throws when there is none. */
export async function openFile(world: World, account: string, id: string): Promise<Buffer> {
  const message = proto.Message.fromObject(world.ledger.find(account, id)?.message ?? {});
  const { imageMessage, videoMessage, audioMessage, documentMessage, stickerMessage } = normalizeMessageContent(message) ?? {};
  const media = imageMessage ?? videoMessage ?? audioMessage ?? documentMessage ?? stickerMessage;
  const file = world.media.fileOf(media?.directPath ?? "");
  if (!media?.mediaKey || file === undefined) throw new Error(`message ${id} carries no file of this media host`);
  const audio: MediaType = audioMessage?.ptt ? "ptt" : "audio";
  const type = imageMessage ? "image" : videoMessage ? "video" : documentMessage ? "document" : stickerMessage ? "sticker" : audio;
  return openMedia(await readFile(file), media.mediaKey, type);
}
