import { database } from "../database.ts";
import { assertActor, assertTenant, type Member } from "../http/member.ts";
import { requireContact } from "./contact-reference.ts";
import { TRANSFER_RELATIONS, toTransferRequest, type TransferRequest } from "./transfer-reply.ts";

type StatusQuery = { readonly contactId: string; readonly actor: string | undefined };
type Status = { readonly hasPendingRequest: boolean; readonly request: TransferRequest | null };

/** `GET contacts/:contactId/transfer-status`: the pending request, whoever made it. */
export async function readTransferStatus(member: Member, { contactId, actor }: StatusQuery): Promise<Status> {
  const id = await requireContact(member.tenantId, contactId);
  assertActor(member, actor);
  const row = await database().contactTransferRequest.findFirst({
    where: { contactId: id, status: "PENDING" },
    include: TRANSFER_RELATIONS,
    orderBy: [{ createdAt: "desc" }, { id: "asc" }],
  });
  return { hasPendingRequest: row !== null, request: row === null ? null : toTransferRequest(row) };
}

/** `GET transfer-requests/pending`: the newest first. */
export async function listPendingTransfers(member: Member, tenantId: string | undefined): Promise<TransferRequest[]> {
  assertTenant(member, tenantId);
  const rows = await database().contactTransferRequest.findMany({
    where: { status: "PENDING", contact: { tenantId: member.tenantId } },
    include: TRANSFER_RELATIONS,
    orderBy: [{ createdAt: "desc" }, { id: "asc" }],
  });
  return rows.map(toTransferRequest);
}
