import type { WhatsAppMedia } from "../../../generated/prisma/client.ts";
import { badFields } from "../http/api-error.ts";
import type { Body } from "../http/body.ts";
import { hashOfKey } from "../media/storage-key.ts";
import { mediaProcessed } from "../realtime/message-events.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { readOptionalInteger, readOptionalLabel } from "./fields.ts";

type MediaItem = {
  readonly messageId: string;
  readonly state: (typeof STATES)[number];
  readonly sha256: string | undefined;
  readonly mimeType: string | undefined;
  readonly size: number | undefined;
  readonly fileName: string | undefined;
  readonly storageKey: string | undefined;
  readonly thumbnailKey: string | undefined;
  readonly errorCode: string | undefined;
};

const STATES = ["STORED", "FAILED", "EXPIRED"] as const;
const SHA256 = /^[0-9a-f]{64}$/;

export const media: ItemKind<MediaItem> = { key: "messageId", parse, apply };

function parse(body: Body): MediaItem {
  const item = {
    messageId: body.text("messageId"),
    state: body.choice("state", STATES) ?? "FAILED",
    sha256: body.optionalText("sha256", { pattern: SHA256 }),
    mimeType: readOptionalLabel(body, "mimeType"),
    size: readOptionalInteger(body, "size"),
    fileName: readOptionalLabel(body, "fileName"),
    storageKey: body.optionalText("storageKey"),
    thumbnailKey: body.optionalText("thumbnailKey"),
    errorCode: readErrorCode(body),
  };
  if (item.state === "STORED" && item.storageKey === undefined) body.text("storageKey"); // required
  return item;
}

/** A number is as good as a text. */
function readErrorCode(body: Body): string | undefined {
  return typeof body.raw("errorCode") === "number" ? readOptionalInteger(body, "errorCode")?.toString() : readOptionalLabel(body, "errorCode");
}

/** What has been stored stays; what could not be fetched may be later. */
async function apply(batch: Batch, item: MediaItem): Promise<Applied> {
  const { transaction, news, sessionId, tenantId } = batch;
  assertKeys(item, tenantId);
  const message = await transaction.whatsAppMessage.findUnique({
    where: { sessionId_messageId: { sessionId, messageId: item.messageId } },
    include: { media: true, whatsappContact: { select: { id: true, chatbotContactId: true, name: true } } },
  });
  if (message === null) return { outcome: "skipped" };
  if (!isNext(message.media?.state ?? "PENDING", item.state)) return { outcome: "unchanged", id: message.id };

  const row = toRow(item, tenantId);
  const stored = await transaction.whatsAppMedia.upsert({
    where: { messageRowId: message.id },
    create: { messageRowId: message.id, tenantId, ...row },
    update: row,
  });
  const updated = await transaction.whatsAppMessage.update({ where: { id: message.id }, data: toMessageFields(message.id, stored) });
  news.tell(mediaProcessed(updated, { tenantId, contact: message.whatsappContact }, { ...updated, state: item.state }));
  return { outcome: "updated", id: message.id };
}

function isNext(from: WhatsAppMedia["state"], to: MediaItem["state"]): boolean {
  return from === "PENDING" || (from !== "STORED" && to === "STORED");
}

/** A key leads into the tenant's own part of the store, to the content that was told. */
function assertKeys({ storageKey, thumbnailKey, sha256 }: MediaItem, tenantId: string): void {
  if (storageKey !== undefined) {
    const hash = hashOfKey(storageKey, tenantId);
    if (hash === undefined || (sha256 !== undefined && hash !== sha256)) throw badFields(["storageKey is invalid"]);
  }
  if (thumbnailKey !== undefined && hashOfKey(thumbnailKey, tenantId) === undefined) throw badFields(["thumbnailKey is invalid"]);
}

/** What is not said stays as the message told it. */
function toRow(item: MediaItem, tenantId: string) {
  const { state, mimeType, size, fileName, errorCode = null } = item;
  const described = {
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(size === undefined ? {} : { size }),
    ...(fileName === undefined ? {} : { fileName }),
  };
  if (state !== "STORED" || item.storageKey === undefined) return { state, ...described, errorCode };
  const { storageKey, thumbnailKey = null } = item;
  return { state, ...described, storageKey, thumbnailKey, sha256: item.sha256 ?? hashOfKey(storageKey, tenantId) ?? null, errorCode: null };
}

function toMessageFields(messageRowId: string, { state, mimeType, size, thumbnailKey }: WhatsAppMedia) {
  const mediaUrl = state === "STORED" ? `/api/whatsapp/media/${messageRowId}` : null;
  const thumbnailUrl = mediaUrl === null || thumbnailKey === null ? null : `${mediaUrl}?variant=thumbnail`;
  return { mediaUrl, thumbnailUrl, mediaMimeType: mimeType, mediaSize: size };
}
