import { Controller, Req, Res } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendMediaFields, sendTextBody } from "@ipnuo/domain/send-requests";
import type { SendReply } from "@ipnuo/domain/send-reply";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { readJsonBody } from "../http/json-body.ts";
import { bodyLimitOf } from "../http/request.ts";
import { HEADER } from "../../lib/wire.ts";
import { readSend, senderOf } from "./asked-send.ts";
import type { UploadedFile } from "./media-upload.ts";
import type { SendOrder } from "./send-order.ts";
import { fileProblems, toMediaOrder, toTextOrder } from "./send-orders.ts";
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
    return this.answer(toTextOrder(readSend(senderOf(request), "sends.text", { schema: sendTextBody, body })), reply);
  }

  @Endpoint("sends.media")
  async media(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SendReply> {
    const { fields, files, discard } = await this.uploads.receive(request);
    try {
      const asked = readSend(senderOf(request), "sends.media", { schema: sendMediaFields, body: fields, problems: fileProblems(files) });
      const [file] = files;
      // Never without one: its absence is a problem.
      return await this.answer(toMediaOrder(asked, file as UploadedFile), reply);
    } finally {
      await discard();
    }
  }

  private async answer(order: SendOrder, reply: FastifyReply): Promise<SendReply> {
    const { message, isReplayed } = await this.sends.send(order);
    if (isReplayed) void reply.header(HEADER.idempotentReplayed, "true");
    return { success: true, message };
  }
}
