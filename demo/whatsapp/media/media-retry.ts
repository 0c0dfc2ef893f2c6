import { hkdfSync, randomBytes } from "node:crypto";
import { aesEncryptGCM, proto, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { child, stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

const { ResultType } = proto.MediaRetryNotification;

/** A device could not download a file and asks the phone for it: the phone uploads it again, or says that it cannot. */
export async function answerMediaRetry(world: World, device: Device, receipt: BinaryNode): Promise<void> {
  const id = receipt.attrs["id"] ?? "";
  const media = mediaOf(world.ledger.find(device.record.phone, id)?.message);
  if (media === undefined) return;
  const mode = world.media.modeOf(media.directPath);
  if (mode.mode === "gone" && mode.phone === "silent") return;
  const isThere = !(mode.mode === "gone" && mode.phone === "lost-it");
  const notification = {
    stanzaId: id,
    result: isThere ? ResultType.SUCCESS : ResultType.NOT_FOUND,
    ...(isThere ? { directPath: await world.media.renew(media.directPath) } : {}),
  };
  const iv = randomBytes(12);
  const key = Buffer.from(hkdfSync("sha256", media.mediaKey, Buffer.alloc(0), "WhatsApp Media Retry Notification", 32));
  const sealed = aesEncryptGCM(proto.MediaRetryNotification.encode(notification).finish(), key, iv, Buffer.from(id));
  await device.deliver(
    stanza("notification", { id, type: "mediaretry", from: receipt.attrs["to"], t: toSeconds(world.now()) }, [
      stanza("encrypt", {}, [stanza("enc_p", {}, sealed), stanza("enc_iv", {}, iv)]),
      stanza("rmr", child(receipt, "rmr")?.attrs ?? {}),
    ]),
  );
}

function mediaOf(message: unknown): { readonly directPath: string; readonly mediaKey: Uint8Array } | undefined {
  const content = proto.Message.fromObject(message as Record<string, unknown>);
  const { imageMessage, videoMessage, audioMessage, documentMessage, stickerMessage } = content;
  const media = imageMessage ?? videoMessage ?? audioMessage ?? documentMessage ?? stickerMessage;
  return media?.directPath && media.mediaKey ? { directPath: media.directPath, mediaKey: media.mediaKey } : undefined;
}
