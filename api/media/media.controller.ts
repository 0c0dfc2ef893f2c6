import { Controller, Req, Res } from "@nestjs/common";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { mediaParams, mediaQuery, type MediaParams, type MediaQuery } from "@ipnuo/domain/media-requests";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import type { ByteRange } from "./byte-range.ts";
import { streamOf } from "./file-stream.ts";
import { answerFor, type FileAnswer } from "./media-answer.ts";
import { MediaService, type OpenedMedia } from "./media.service.ts";

@Controller()
export class MediaController {
  constructor(private readonly media: MediaService) {}

  /** Sends the reply itself: what it sends is a stream. */
  @Endpoint("media.get")
  async get(
    @Ask({ query: mediaQuery, params: mediaParams }) { tenantId, query, params }: Asked<MediaQuery, object, MediaParams>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const question = { isThumbnail: query.variant === "thumbnail", isDownload: query.download === "1" };
    const opened = await this.media.open(tenantId, params.messageId, question);
    const { range, "if-range": ifRange, "if-none-match": ifNoneMatch } = request.headers;
    const conditions = { method: request.method, range, ifRange: ifRange as string | undefined, ifNoneMatch };
    const answer = answerFor(conditions, opened.media.etag, opened.file.size);
    void reply
      .code(answer.status)
      .headers(headersOf(answer, opened))
      .send(await bodyOf(answer, opened, request.method));
  }
}

function headersOf(answer: FileAnswer, { media, file }: OpenedMedia): Record<string, string> {
  if (answer.status === 416) return { "content-range": `bytes */${file.size}`, "content-type": "application/json" };
  const validators = {
    etag: media.etag,
    "cache-control": "private, no-cache",
    "accept-ranges": "bytes",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-site",
  };
  if (answer.status === 304) return validators;
  const { part } = answer;
  const length = part === undefined ? 0 : part.last - part.first + 1;
  const partial = answer.status === 206 ? { "content-range": rangeOf(answer.part, file.size) } : {};
  return { ...validators, "content-type": media.type, "content-disposition": media.disposition, "content-length": String(length), ...partial };
}

function rangeOf({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}

/** The file is closed by the stream that reads it, else here. */
async function bodyOf(answer: FileAnswer, { file }: OpenedMedia, method: string): Promise<Readable | string | undefined> {
  const isFileSent = (answer.status === 200 || answer.status === 206) && answer.part !== undefined && method !== "HEAD";
  if (isFileSent) return streamOf(file, answer.part);
  await file.handle.close();
  if (answer.status === 416) return JSON.stringify({ error: "Range not satisfiable" });
  return answer.status === 304 ? undefined : Readable.from([]);
}
