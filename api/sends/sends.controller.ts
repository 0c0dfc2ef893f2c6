import { Controller, Req, Res } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasCaption, mediaKindOf } from "@ipnuo/domain/media-kind";
import { sendMediaFields, sendTextBody, type SendMediaFields, type SendTextBody } from "@ipnuo/domain/send-requests";
import type { SendReply } from "@ipnuo/domain/send-reply";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { readJsonBody } from "../http/json-body.ts";
import { bodyLimitOf } from "../http/request.ts";
import { HEADER } from "../../lib/wire.ts";
import { readSend, type AskedSend } from "./asked-send.ts";
import type { MediaUpload, UploadedFile } from "./media-upload.ts";
import { payloadHashOf } from "./send-identity.ts";
import type { SendOrder } from "./send-order.ts";
import { SendsService } from "./sends.service.ts";
import { Uploads } from "./uploads.ts";

@Controller()
export class SendsController {
  constructor(
    private readonly sends: SendsService,
    private readonly uploads: Uploads,
  ) {}

  @Endpoint("sends.text")
  async text(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SendReply> {
    const body = await readJsonBody(request, bodyLimitOf(request));
    const { scope, requestId, fields } = readSend(request, "sends.text", { schema: sendTextBody, body });
    const { sessionId, toJid, content, senderName, quotedMessageId } = fields;
    const payloadHash = payloadHashOf(toPayload(fields));
    const to = { sessionId, to: toJid, senderName, quotedMessageId };
    return this.answer({ scope, requestId, payloadHash, ...to, messageType: "TEXT", content, file: undefined }, reply);
  }

  @Endpoint("sends.media")
  async media(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SendReply> {
    const upload = await this.uploads.receive(request);
    try {
      const asked = readSend(request, "sends.media", { schema: sendMediaFields, body: upload.fields, problems: fileProblems(upload) });
      const [file] = upload.files;
      // Never without one: its absence is a problem.
      return await this.answer(toOrder(asked, file as UploadedFile), reply);
    } finally {
      await upload.discard();
    }
  }

  private async answer(order: SendOrder, reply: FastifyReply): Promise<SendReply> {
    const { message, isReplayed } = await this.sends.send(order);
    if (isReplayed) void reply.header(HEADER.idempotentReplayed, "true");
    return { success: true, message };
  }
}

/** Exactly one file, at least one byte. */
function fileProblems({ files: [file, ...others] }: MediaUpload): string[] {
  if (file === undefined) return ["file is required"];
  return others.length > 0 || file.size === 0 ? ["file is invalid"] : [];
}

function toOrder({ scope, requestId, fields }: AskedSend<SendMediaFields>, file: UploadedFile): SendOrder {
  const { sessionId, toJid, senderName, quotedMessageId, content, asSticker, asDocument } = fields;
  const { sha256, fileName, mimeType } = file;
  const messageType = mediaKindOf(mimeType, { asSticker, asDocument });
  return {
    scope,
    requestId,
    payloadHash: payloadHashOf({ ...toPayload(fields), file: { sha256, name: fileName, type: mimeType } }),
    sessionId,
    to: toJid,
    senderName,
    quotedMessageId,
    messageType,
    content: hasCaption(messageType) ? (content ?? null) : null,
    file,
  };
}

/** What a key stands for (contract 3.6): both systems hash the same, absent fields as null. */
function toPayload({ sessionId, toJid, content, senderName, quotedMessageId }: SendTextBody | SendMediaFields) {
  return { sessionId, toJid: toJid.jid, content: content ?? null, senderName: senderName ?? null, quotedMessageId: quotedMessageId ?? null };
}
