import { Injectable } from "@nestjs/common";
import { ContractError, invalid } from "../http/contract-error.ts";
import type { Queries } from "../runtime/transactions.ts";
import type { SendOrder } from "./send-order.ts";
import { SendRecordsRepository } from "./send-records.repository.ts";
import { SendRowsRepository } from "./send-rows.repository.ts";
import { SendSessionsRepository, type SendSession, type SessionHold } from "./send-sessions.repository.ts";

/** What is to become of a send that nothing forbids. */
export type SendDecision =
  /** Its key was used for the same thing before: that message is the answer. */
  { readonly kind: "replay"; readonly messageRowId: string } | { readonly kind: "accept"; readonly session: SendSession };

/** Decides on sends, and writes nothing: a real one is put down afterwards, a dry run ends here. */
@Injectable()
export class SendDecisions {
  constructor(
    private readonly records: SendRecordsRepository,
    private readonly sessions: SendSessionsRepository,
    private readonly rows: SendRowsRepository,
  ) {}

  /** The same key gives the same message, answered before anything is asked about the session. Throws 400, 404, 409 and 422. */
  async decide(db: Queries, order: SendOrder, hold: SessionHold): Promise<SendDecision> {
    const { scope, to, quotedMessageId: quoted } = order;
    const record = await this.records.find(db, scope);
    if (record !== undefined) {
      // The record of the other request is left alone.
      if (record.payloadHash !== order.payloadHash) throw new ContractError(422, { error: "Idempotency-Key was used with another request" });
      return { kind: "replay", messageRowId: record.messageRowId };
    }
    if (quoted !== undefined && !(await this.rows.isInChat(db, scope.tenantId, to.jid, quoted))) throw invalid(["quotedMessageId is invalid"]);
    return { kind: "accept", session: await this.sessions.resolve(db, scope.tenantId, order.sessionId, hold) };
  }
}
