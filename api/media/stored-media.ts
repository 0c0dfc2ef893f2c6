import { toReturnedMetadata } from "@ipnuo/domain/message-metadata";
import { parseStorageKey } from "../../lib/media-files.ts";
import { conflict, notFound, type ContractError } from "../http/contract-error.ts";
import { contentDisposition } from "./content-disposition.ts";
import { extensionOf, isShownInPlace, servedTypeOf, THUMBNAIL_TYPE } from "./media-type.ts";
import type { MediaRow } from "./media.repository.ts";

/** What is asked of a message's media. */
export type MediaQuestion = { readonly isThumbnail: boolean; readonly isDownload: boolean };

/** A file that should be on the disk, and what is said about it. */
export type StoredMedia = {
  readonly storageKey: string;
  /** Null when only the file knows: a thumbnail's. */
  readonly size: number | null;
  readonly etag: string;
  readonly type: string;
  readonly disposition: string;
};

const RETRY_AFTER_SECONDS = 5;

export function mediaGone(): ContractError {
  return notFound("Media is no longer available");
}

/** The stored file of a row. Throws the contract's 404 and 409 (3.7). A key of another tenant is none of ours. */
export function toStoredMedia(row: MediaRow | undefined, { isThumbnail, isDownload }: MediaQuestion, tenantId: string): StoredMedia {
  if (row === undefined) throw notFound("Message not found");
  if (row.state === null) throw notFound("Media not found");
  if (row.state === "PENDING") throw conflict("Media is not stored yet", { "retry-after": String(RETRY_AFTER_SECONDS) });
  if (row.state !== "STORED") throw mediaGone();
  if (isThumbnail && row.thumbnailKey === null) throw notFound("Media not found");
  const key = (isThumbnail ? row.thumbnailKey : row.storageKey) ?? "";
  const parsed = parseStorageKey(key);
  if (parsed === undefined || parsed.tenantId !== tenantId) throw mediaGone();
  const type = isThumbnail ? THUMBNAIL_TYPE : servedTypeOf(row.mimeType);
  return {
    storageKey: key,
    size: isThumbnail ? null : row.size,
    etag: `"${parsed.sha256}"`,
    type,
    disposition: contentDisposition(isDownload || !isShownInPlace(type) ? "attachment" : "inline", nameOf(row, type)),
  };
}

function nameOf({ messageId, metadata }: MediaRow, type: string): string {
  const fileName = toReturnedMetadata(metadata)?.["fileName"];
  return typeof fileName === "string" && fileName !== "" ? fileName : `${messageId}.${extensionOf(type)}`;
}
