import type { WhatsAppMedia } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { ApiError, conflict, notFound } from "../http/api-error.ts";
import { objectOrNull } from "../whatsapp/wire.ts";
import { fileSize } from "./file-stream.ts";
import { extensionOf, servedType, THUMBNAIL_TYPE } from "./media-type.ts";
import { hashOfKey, pathOfKey } from "./storage-key.ts";

/** A file that can be answered with. */
export type ServedFile = {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly type: string;
  readonly name: string;
};

export type MediaQuery = { readonly messageId: string; readonly variant: "thumbnail" | "file" };

const RETRY_AFTER_SECONDS = "5";

const noLongerAvailable = (): ApiError => new ApiError(404, { error: "Media is no longer available" });

/** The file of a message, or of its thumbnail. Throws 404 and, while the worker has not stored it, 409. */
export async function findMedia(tenantId: string, { messageId, variant }: MediaQuery): Promise<ServedFile> {
  const message = await findMessage(tenantId, messageId);
  if (message === null) throw notFound("Message not found");
  const { media } = message;
  if (media === null) throw notFound("Media not found");
  assertStored(media);
  const key = variant === "thumbnail" ? media.thumbnailKey : media.storageKey;
  if (key === null && variant === "thumbnail") throw notFound("Media not found");

  const sha256 = key === null ? undefined : hashOfKey(key, tenantId);
  if (key === null || sha256 === undefined) throw noLongerAvailable();
  const path = pathOfKey(key);
  const size = await fileSize(path);
  if (size === undefined) throw noLongerAvailable();
  const type = variant === "thumbnail" ? THUMBNAIL_TYPE : servedType(media.mimeType);
  const stored = objectOrNull(message.metadata)?.["fileName"];
  const name = typeof stored === "string" && stored !== "" ? stored : `${message.messageId}.${extensionOf(type)}`;
  return { path, size, sha256, type, name };
}

const SELECTION = { messageId: true, metadata: true, media: true } as const;

/** A row's id; else the newest message with that WhatsApp id. */
async function findMessage(tenantId: string, reference: string) {
  const ofTenant = { session: { tenantId } };
  return (
    (await database().whatsAppMessage.findFirst({ where: { id: reference, ...ofTenant }, select: SELECTION })) ??
    (await database().whatsAppMessage.findFirst({
      where: { messageId: reference, ...ofTenant },
      select: SELECTION,
      orderBy: [{ timestamp: "desc" }, { id: "desc" }],
    }))
  );
}

function assertStored({ state }: Pick<WhatsAppMedia, "state">): void {
  switch (state) {
    case "STORED":
      return;
    case "PENDING":
      throw conflict("Media is not stored yet", { "Retry-After": RETRY_AFTER_SECONDS });
    case "FAILED":
    case "EXPIRED":
      throw noLongerAvailable();
  }
}
