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
  readonly contactName: string | null;
  readonly contactPn: string | null;
  readonly contactJid: string;
  readonly contactTenantId: string;
  readonly contactSessionId: string | null;
  /** Null unless a user of the tenant. */
  readonly fromUser: UserRef | null;
  readonly toUser: UserRef | null;
  readonly requestedBy: UserRef | null;
};

/** A transfer request as the contract shows it: every transfer reply has this one shape. */
export function toTransferRequest(row: TransferRow): TransferRequest {
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
      id: row.contactId,
      name: row.contactName,
      phoneNumber: row.contactPn === null ? null : (phoneDigitsOf(row.contactPn) ?? null),
      jid: row.contactJid,
      tenantId: row.contactTenantId,
    },
    fromUser: row.fromUser,
    toUser: row.toUser,
    requestedBy: row.requestedBy,
  };
}

/** What its events tell. */
export function toTransferFact(row: TransferRow): TransferFact {
  return { tenantId: row.contactTenantId, requestId: row.id, contact: { id: row.contactId, name: row.contactName, sessionId: row.contactSessionId } };
}
