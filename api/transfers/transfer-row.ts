import type { TransferStatus } from "@ipnuo/domain/enums";
import type { TransferFact } from "@ipnuo/domain/event-payloads";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import type { TransferRequest } from "@ipnuo/domain/transfer";
import type { UserRef } from "@ipnuo/domain/values";
import { toWireDate, toWireDateOrNull } from "../runtime/sql.ts";

/** A transfer request with its contact and the users it names. */
export type TransferRow = {
  readonly id: string;
  readonly contactId: string;
  readonly fromUserId: string | null;
  readonly toUserId: string;
  readonly requestedById: string;
  readonly supervisorId: string | null;
  readonly status: TransferStatus;
  readonly message: string | null;
  readonly supervisorNotes: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly resolvedAt: Date | null;
  readonly contact: {
    readonly id: string;
    readonly name: string | null;
    readonly pn: string | null;
    readonly jid: string;
    readonly tenantId: string;
    readonly sessionId: string | null;
  };
  readonly fromUser: TransferUser | null;
  readonly toUser: TransferUser;
  readonly requestedBy: TransferUser;
};

export type TransferUser = UserRef & { readonly tenantId: string };

/** A transfer request as the contract shows it: every transfer reply has this one shape. */
export function toTransferRequest(row: TransferRow): TransferRequest {
  const { contact } = row;
  const refOf = (user: TransferUser | null): UserRef | null =>
    user === null || user.tenantId !== contact.tenantId ? null : { id: user.id, name: user.name, email: user.email };
  return {
    id: row.id,
    contactId: row.contactId,
    fromUserId: row.fromUserId,
    toUserId: row.toUserId,
    requestedById: row.requestedById,
    supervisorId: row.supervisorId,
    status: row.status,
    message: row.message,
    supervisorNotes: row.supervisorNotes,
    createdAt: toWireDate(row.createdAt),
    updatedAt: toWireDate(row.updatedAt),
    resolvedAt: toWireDateOrNull(row.resolvedAt),
    contact: {
      id: contact.id,
      name: contact.name,
      phoneNumber: contact.pn === null ? null : (phoneDigitsOf(contact.pn) ?? null),
      jid: contact.jid,
      tenantId: contact.tenantId,
    },
    fromUser: refOf(row.fromUser),
    toUser: refOf(row.toUser),
    requestedBy: refOf(row.requestedBy),
  };
}

/** What its events tell. */
export function toTransferFact({ id, contact }: TransferRow): TransferFact {
  return { tenantId: contact.tenantId, requestId: id, contact: { id: contact.id, name: contact.name, sessionId: contact.sessionId } };
}
