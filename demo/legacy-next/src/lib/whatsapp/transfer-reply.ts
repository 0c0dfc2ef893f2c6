import type { ContactTransferRequest, Prisma } from "../../../generated/prisma/client.ts";
import { phoneDigits } from "./jid.ts";
import { toUserRef, USER_REF, type UserRef } from "./user-ref.ts";
import { dateOrNull } from "./wire.ts";

/** A message or a note. */
export const TRANSFER_TEXT = { max: 1_000, isTrimmed: true } as const;

/** The one shape of every transfer reply. */
export type TransferRequest = {
  readonly id: string;
  readonly contactId: string;
  readonly fromUserId: string | null;
  readonly toUserId: string;
  readonly requestedById: string;
  readonly supervisorId: string | null;
  readonly status: ContactTransferRequest["status"];
  readonly message: string | null;
  readonly supervisorNotes: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly resolvedAt: string | null;
  readonly contact: {
    readonly id: string;
    readonly name: string | null;
    readonly phoneNumber: string | null;
    readonly jid: string;
    readonly tenantId: string;
  };
  readonly fromUser: UserRef | null;
  readonly toUser: UserRef | null;
  readonly requestedBy: UserRef | null;
};

export const TRANSFER_RELATIONS = {
  contact: { select: { id: true, name: true, pn: true, jid: true, tenantId: true, sessionId: true } },
  fromUser: USER_REF,
  toUser: USER_REF,
  requestedBy: USER_REF,
} as const satisfies Prisma.ContactTransferRequestInclude;

export type TransferRow = Prisma.ContactTransferRequestGetPayload<{ include: typeof TRANSFER_RELATIONS }>;

export function toTransferRequest(row: TransferRow): TransferRequest {
  const { id, name, pn, jid, tenantId } = row.contact;
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
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    resolvedAt: dateOrNull(row.resolvedAt),
    contact: { id, name, phoneNumber: phoneDigits(pn), jid, tenantId },
    fromUser: toUserRef(row.fromUser, tenantId),
    toUser: toUserRef(row.toUser, tenantId),
    requestedBy: toUserRef(row.requestedBy, tenantId),
  };
}
