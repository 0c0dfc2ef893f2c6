import { Injectable } from "@nestjs/common";
import type { MediaItem } from "@ipnuo/domain/ingest";
import { mediaProcessed } from "@ipnuo/domain/message-event-payloads";
import { toFileName, toMimeType } from "@ipnuo/domain/wire-values";
import type { WhatsAppMedia } from "../../prisma/generated/whatsapp/client.ts";
import { parseStorageKey } from "../../lib/media-files.ts";
import { appliedTo, rejected, SKIPPED, type Applied, type Batch } from "./batch.ts";
import { findKnown } from "./inbound-rows.ts";

/** What became of media the worker fetched (contract 4.1). STORED is final; the other states may still become STORED. */
@Injectable()
export class MediaReports {
  async apply(batch: Batch, item: MediaItem): Promise<Applied> {
    const problem = item.state === "STORED" ? problemOf(batch, item) : undefined;
    if (problem !== undefined) return rejected(problem);
    const message = await findKnown(batch, item.messageId);
    if (message === undefined) return SKIPPED;
    const stored = await batch.db.whatsAppMedia.findUnique({ where: { messageRowId: message.id } });
    if (!mayBecome(stored, item.state)) return appliedTo(message.id, false);
    await saveMedia(batch, message.id, item);
    const mediaUrl = item.state === "STORED" ? `/api/whatsapp/media/${message.id}` : null;
    const { mediaMimeType, mediaSize } = await batch.db.whatsAppMessage.update({
      where: { id: message.id },
      data: { ...(mediaUrl === null ? {} : linksTo(mediaUrl, item)), ...describe(item) },
      select: { mediaMimeType: true, mediaSize: true },
    });
    const { id, messageId, remoteJid } = message;
    batch.tell(() => mediaProcessed({ ...batch.session, id, messageId, remoteJid, state: item.state, mediaUrl, mediaMimeType, mediaSize }));
    return appliedTo(id, true);
  }
}

/** A stored file is where only this tenant's lie, under the hash of its content. */
function problemOf({ tenantId }: Batch, { sha256, storageKey, thumbnailKey }: MediaItem): string | undefined {
  if (sha256 === undefined) return "sha256 is required";
  if (storageKey === undefined) return "storageKey is required";
  const parsed = parseStorageKey(storageKey);
  if (parsed?.tenantId !== tenantId || parsed.sha256 !== sha256) return "storageKey is invalid";
  return thumbnailKey === undefined || parseStorageKey(thumbnailKey)?.tenantId === tenantId ? undefined : "thumbnailKey is invalid";
}

function mayBecome(stored: Pick<WhatsAppMedia, "state"> | null, state: MediaItem["state"]): boolean {
  if (stored === null || stored.state === "PENDING") return true;
  return stored.state !== "STORED" && state === "STORED";
}

async function saveMedia({ db, tenantId }: Batch, messageRowId: string, item: MediaItem): Promise<void> {
  const known = {
    ...(item.mimeType === undefined ? {} : { mimeType: toMimeType(item.mimeType) }),
    ...(item.size === undefined ? {} : { size: item.size }),
    ...(item.fileName ? { fileName: toFileName(item.fileName) } : {}),
  };
  const { sha256 = null, storageKey = null, thumbnailKey = null } = item;
  const data =
    item.state === "STORED"
      ? { state: item.state, ...known, sha256, storageKey, thumbnailKey, errorCode: null }
      : { state: item.state, ...known, errorCode: item.errorCode ?? null };
  await db.whatsAppMedia.upsert({ where: { messageRowId }, create: { messageRowId, tenantId, ...data }, update: data, select: { id: true } });
}

function linksTo(mediaUrl: string, { thumbnailKey }: MediaItem) {
  return { mediaUrl, thumbnailUrl: thumbnailKey === undefined ? null : `${mediaUrl}?variant=thumbnail` };
}

/** What is not said stays as the message told it; a file that could not be fetched has a type and a size as well. */
function describe({ mimeType, size }: MediaItem) {
  return { ...(mimeType === undefined ? {} : { mediaMimeType: toMimeType(mimeType) }), ...(size === undefined ? {} : { mediaSize: size }) };
}
