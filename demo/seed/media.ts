import type { WhatsAppMedia, WhatsAppMediaState, WhatsAppMessage } from "../../prisma/generated/whatsapp/client.ts";
import type { MediaFacts } from "./message-kinds.ts";
import type { Random } from "./random.ts";
import { before, latest, SECOND_MS } from "./rows.ts";

const WITH_THUMBNAIL: ReadonlySet<string> = new Set(["IMAGE", "VIDEO"]);
const FILELESS_SHARE = 0.05;

type MediaContext = { readonly facts: MediaFacts; readonly tenantId: string; readonly now: Date };

/** The media row of a message, most often stored, or none; the message gets its media columns. The files do not exist. */
export function buildMedia(message: WhatsAppMessage, { facts, tenantId, now }: MediaContext, random: Random): WhatsAppMedia[] {
  message.mediaMimeType = facts.mimeType;
  message.mediaSize = facts.size;
  if (random.chance(FILELESS_SHARE)) return [];
  const state: WhatsAppMediaState = random.weighted([
    ["STORED", 86],
    ["EXPIRED", 6],
    ["FAILED", 5],
    ["PENDING", 3],
  ]);
  const sha256 = random.hex(64);
  const isStored = state === "STORED";
  const hasThumbnail = isStored && WITH_THUMBNAIL.has(message.messageType);
  const storageKey = `${tenantId}/${sha256.slice(0, 2)}/${sha256}`;
  if (isStored) message.mediaUrl = `/api/whatsapp/media/${message.id}`;
  if (hasThumbnail) message.thumbnailUrl = `/api/whatsapp/media/${message.id}?variant=thumbnail`;
  const row: WhatsAppMedia = {
    id: random.id(),
    messageRowId: message.id,
    tenantId,
    state,
    sha256: isStored ? sha256 : null,
    mimeType: facts.mimeType,
    size: facts.size,
    fileName: facts.fileName,
    storageKey: isStored ? storageKey : null,
    thumbnailKey: hasThumbnail ? `${storageKey}.thumbnail` : null,
    remote: null,
    errorCode: state === "EXPIRED" ? "410" : state === "FAILED" ? "HASH_MISMATCH" : null,
    createdAt: message.createdAt,
    updatedAt: latest(now, before(message.createdAt, -random.int(1, 20) * SECOND_MS)),
  };
  return [row];
}
