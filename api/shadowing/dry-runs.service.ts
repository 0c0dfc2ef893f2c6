import { Inject, Injectable } from "@nestjs/common";
import type { IncomingHttpHeaders } from "node:http";
import { ENDPOINTS } from "@ipnuo/domain/endpoints";
import { sendMediaFields, sendTextBody } from "@ipnuo/domain/send-requests";
import type { DryRunReply, ShadowedSend } from "@ipnuo/domain/shadowing";
import { toFileName, toMimeType } from "@ipnuo/domain/wire-values";
import { AppError } from "../../lib/errors.ts";
import type { ApiEnv } from "../env.ts";
import { ContractError, payloadTooLarge } from "../http/contract-error.ts";
import { requireJsonObject } from "../http/json-body.ts";
import { createUserAdmission, type UserAdmission } from "../http/user-admission.ts";
import { Snapshots } from "../runtime/snapshots.ts";
import { ENV, TIMING, type Timing } from "../runtime/tokens.ts";
import { readSend, type Sender } from "../sends/asked-send.ts";
import { DEFAULT_FILE_NAME } from "../sends/media-upload.ts";
import type { OrderedFile, SendOrder } from "../sends/send-order.ts";
import { fileProblems, toMediaOrder, toTextOrder } from "../sends/send-orders.ts";
import { SendForecasts } from "./send-forecasts.ts";

/** A send of the other system, with the headers that were forwarded. */
export type DryRun = { readonly send: ShadowedSend; readonly headers: IncomingHttpHeaders; readonly requestId: string };

const MAX_BODY_BYTES = 1_048_576;

/** What a send would be answered here, and what would be enqueued: the real one's own checks, and then nothing (contract 4.4). */
@Injectable()
export class DryRunsService {
  private readonly admission: UserAdmission;

  constructor(
    @Inject(ENV) private readonly env: ApiEnv,
    @Inject(TIMING) private readonly timing: Timing,
    private readonly snapshots: Snapshots,
    private readonly forecasts: SendForecasts,
  ) {
    this.admission = createUserAdmission(env, timing.nowMs);
  }

  /** A refusal is a verdict; what goes wrong here is none, and is thrown. */
  async run(asked: DryRun): Promise<DryRunReply> {
    try {
      const order = await this.read(asked);
      const context = { now: new Date(this.timing.nowMs()), hasKey: asked.send.idempotencyKey !== undefined };
      return await this.snapshots.read((db) => this.forecasts.forecast(db, order, context));
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      return { success: true, verdict: { status: error.status, body: { ...error.body } }, wouldEnqueue: null };
    }
  }

  /** In the order of the real endpoints: who, then how large, then the key, then the fields. Nobody is counted. */
  private async read({ send, headers, requestId }: DryRun): Promise<SendOrder> {
    const { endpoint, body, file, idempotencyKey: key } = send;
    const caller = await this.admission("POST", headers, ENDPOINTS[endpoint]);
    const sender: Sender = { caller, requestId, key };
    if (endpoint === "sends.text") {
      if (Buffer.byteLength(JSON.stringify(body)) > MAX_BODY_BYTES) throw payloadTooLarge();
      return toTextOrder(readSend(sender, endpoint, { schema: sendTextBody, body: requireJsonObject(body) }));
    }
    if (file !== undefined && file.size > this.env.mediaMaxBytes) throw payloadTooLarge();
    const files = file === undefined ? [] : [toOrderedFile(file)];
    const read = readSend(sender, endpoint, { schema: sendMediaFields, body, problems: fileProblems(files) });
    // Never without one: its absence is a problem.
    return toMediaOrder(read, files[0] as OrderedFile);
  }
}

/** As an upload would name and type it. Its content is elsewhere: it can never be put down. */
function toOrderedFile({ name, mimeType, size, sha256 }: NonNullable<ShadowedSend["file"]>): OrderedFile {
  const publish = () => Promise.reject(new AppError("SEND_DRY_RUN", "a dry run has no file to publish"));
  return { sha256, size, mimeType: toMimeType(mimeType), fileName: toFileName(name) ?? DEFAULT_FILE_NAME, publish };
}
