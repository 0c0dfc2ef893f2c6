import { Inject, Injectable } from "@nestjs/common";
import type { MediaFiles, OpenedFile } from "../../lib/media-files.ts";
import { MEDIA_FILES } from "./media-files.module.ts";
import { MediaRepository } from "./media.repository.ts";
import { mediaGone, toStoredMedia, type MediaQuestion, type StoredMedia } from "./stored-media.ts";

export type OpenedMedia = { readonly media: StoredMedia; readonly file: OpenedFile };

/** Stored files of messages. Nothing is fetched from WhatsApp here: the worker stores media. */
@Injectable()
export class MediaService {
  constructor(
    private readonly repository: MediaRepository,
    @Inject(MEDIA_FILES) private readonly files: MediaFiles,
  ) {}

  /** The file of a message, open. Throws the contract's 404 and 409. */
  async open(tenantId: string, messageReference: string, question: MediaQuestion): Promise<OpenedMedia> {
    const media = toStoredMedia(await this.repository.find(tenantId, messageReference), question, tenantId);
    const file = await this.files.open(media.storageKey);
    if (file === undefined) throw mediaGone();
    if (media.size !== null && media.size !== file.size) {
      await file.handle.close();
      throw mediaGone();
    }
    return { media, file };
  }
}
