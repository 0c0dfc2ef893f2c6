import { Injectable } from "@nestjs/common";
import { identityOf } from "@ipnuo/domain/contact-identity";
import type { DryRunReply } from "@ipnuo/domain/shadowing";
import { AppError } from "../../lib/errors.ts";
import { ContactIdentities } from "../contacts/contact-identities.ts";
import { UsersRepository } from "../contacts/users.repository.ts";
import { MessagesRepository } from "../conversation/messages.repository.ts";
import type { Queries } from "../runtime/transactions.ts";
import { SendDecisions } from "../sends/send-decisions.ts";
import type { SendOrder } from "../sends/send-order.ts";
import { acceptedReply, replayedReply } from "./dry-run-reply.ts";

export type ForecastContext = { readonly now: Date; readonly hasKey: boolean };

/** What an order would become: the decision the real send makes, and the rows that would follow, written nowhere. */
@Injectable()
export class SendForecasts {
  constructor(
    private readonly decisions: SendDecisions,
    private readonly identities: ContactIdentities,
    private readonly messages: MessagesRepository,
    private readonly users: UsersRepository,
  ) {}

  /** Throws the refusals of the real send. */
  async forecast(db: Queries, order: SendOrder, { now, hasKey }: ForecastContext): Promise<DryRunReply> {
    const { tenantId, userId } = order.scope;
    const decision = await this.decisions.decide(db, order, "free");
    if (decision.kind === "replay") return replayedReply(await this.messages.get(db, tenantId, decision.messageRowId));
    const identity = identityOf([order.to.jid]);
    if (identity === undefined) throw new AppError("SEND_ADDRESS", "a send has a validated address");
    const { id: contactId, jid: chatJid } = await this.identities.foresee(db, tenantId, identity);
    const sender = await this.users.find(tenantId, userId, db);
    return acceptedReply(order, { session: decision.session, contactId, chatJid, now }, { sender, hasKey });
  }
}
