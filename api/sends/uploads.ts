import { Inject, Injectable } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { codeOf } from "../../lib/errors.ts";
import type { MediaFiles } from "../../lib/media-files.ts";
import type { ApiEnv } from "../env.ts";
import { ContractError, payloadTooLarge, unsupportedType } from "../http/contract-error.ts";
import { mediaTypeOf } from "../http/json-body.ts";
import { MEDIA_FILES } from "../media/media-files.module.ts";
import { ENV } from "../runtime/tokens.ts";
import { receiveUpload, type MediaUpload } from "./media-upload.ts";
import { boundaryOf } from "./part-headers.ts";

const NOTHING: MediaUpload = { fields: {}, files: [], discard: async () => {} };

/** Takes the body of an upload off the wire and onto the disk. */
@Injectable()
export class Uploads {
  constructor(
    @Inject(MEDIA_FILES) private readonly media: MediaFiles,
    @Inject(ENV) private readonly env: ApiEnv,
  ) {}

  /** Throws the contract's 415, 413 and 400, and leaves no file then. An absent body has no parts. */
  async receive(request: FastifyRequest): Promise<MediaUpload> {
    const { headers, raw } = request;
    if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return NOTHING;
    try {
      if (mediaTypeOf(request) !== "multipart/form-data") throw unsupportedType();
      const boundary = boundaryOf(request.contentType);
      if (boundary === undefined) throw badForm();
      return await receiveUpload(raw, boundary, this.media, { maxFileBytes: this.env.mediaMaxBytes });
    } catch (error) {
      // What is left is taken off the wire and dropped: the connection may carry another request.
      raw.resume();
      throw toRefusal(error);
    }
  }
}

function toRefusal(error: unknown): unknown {
  if (codeOf(error) === "MEDIA_TOO_LARGE") return payloadTooLarge();
  return codeOf(error) === "MULTIPART_MALFORMED" ? badForm() : error;
}

function badForm(): ContractError {
  return new ContractError(400, { error: "Invalid multipart body" });
}
