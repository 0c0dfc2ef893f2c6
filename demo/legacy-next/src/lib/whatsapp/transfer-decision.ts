import { ApiError, conflict, notFound } from "../http/api-error.ts";
import { assertActor, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import type { Emission } from "../realtime/emission.ts";
import { transferCancelled, transferDecided, transferTransferred } from "../realtime/transfer-events.ts";
import { commit, type Transaction } from "../transaction.ts";
import { noteTransfer } from "./activity.ts";
import { readContactFact } from "./contact-fact.ts";
import { lockContact } from "./lock.ts";
import { toTransferRequest, TRANSFER_RELATIONS, type TransferRequest, type TransferRow } from "./transfer-reply.ts";
import { decidersOf } from "./transfer-request.ts";
import { assertUser } from "./user-reference.ts";

export type Decision = { readonly requestId: string; readonly actor: string | undefined; readonly notes: string | undefined };

/** `POST transfer-requests/:requestId/approve`: the contact passes to whoever asked for it. */
export function approveTransfer(member: Member, decision: Decision, asked: Asked): Promise<TransferRequest> {
  return decide(member, decision, asked, async (transaction, request) => {
    const before = await readContactFact(transaction, request.contactId);
    const former = before.contact.userId;
    const to = request.toUserId;
    if (former !== to) {
      await transaction.whatsAppContact.update({ where: { id: request.contactId }, data: { userId: to }, select: { id: true } });
      await noteTransfer(transaction, member, { contactId: request.contactId, from: former, to });
    }
    const row = await resolve(transaction, request.id, { status: "APPROVED", ...stampOf(member, decision) });
    const fact = factOf(row);
    return {
      row,
      emissions: [
        ...contactUpdated(before, { ...before, contact: { ...before.contact, userId: to } }),
        ...transferDecided(fact, "approved"),
        ...transferTransferred(fact, former),
      ],
    };
  });
}

/** `POST transfer-requests/:requestId/deny`. */
export function denyTransfer(member: Member, decision: Decision, asked: Asked): Promise<TransferRequest> {
  return decide(member, decision, asked, async (transaction, request) => {
    const row = await resolve(transaction, request.id, { status: "DENIED", ...stampOf(member, decision) });
    return { row, emissions: transferDecided(factOf(row), "denied") };
  });
}

type Effects = (transaction: Transaction, request: TransferRow) => Promise<{ readonly row: TransferRow; readonly emissions: readonly Emission[] }>;

async function decide(member: Member, { requestId, actor }: Decision, asked: Asked, effects: Effects): Promise<TransferRequest> {
  return commit(asked, async (transaction) => {
    const request = await lockRequest(transaction, member.tenantId, requestId);
    await assertUser(member.tenantId, member.userId, transaction);
    assertActor(member, actor);
    assertPending(request);
    const { row, emissions } = await effects(transaction, request);
    return { result: toTransferRequest(row), emissions };
  });
}

/** `DELETE transfer-requests/:requestId`: only whoever made it takes it back. */
export function cancelTransfer({ tenantId, userId }: Member, requestId: string, asked: Asked): Promise<TransferRequest> {
  return commit(asked, async (transaction) => {
    const request = await lockRequest(transaction, tenantId, requestId);
    if (request.requestedById !== userId) throw new ApiError(403, { error: "You can only cancel your own requests" });
    assertPending(request);
    const row = await resolve(transaction, request.id, { status: "CANCELLED" });
    return { result: toTransferRequest(row), emissions: transferCancelled(factOf(row), await decidersOf(transaction, tenantId)) };
  });
}

/** The request as nobody else can change it now. Its contact is locked first, as everywhere. Throws 404. */
async function lockRequest(transaction: Transaction, tenantId: string, requestId: string): Promise<TransferRow> {
  const where = { id: requestId, contact: { tenantId } };
  const found = await transaction.contactTransferRequest.findFirst({ where, select: { contactId: true } });
  if (found === null) throw notFound("Transfer request not found");
  await lockContact(transaction, tenantId, found.contactId);
  const request = await transaction.contactTransferRequest.findFirst({ where, include: TRANSFER_RELATIONS });
  if (request === null) throw notFound("Transfer request not found");
  return request;
}

function assertPending({ status }: TransferRow): void {
  if (status !== "PENDING") throw conflict(`Request is not pending (status: ${status})`);
}

type Resolution = { readonly status: TransferRow["status"]; readonly supervisorId?: string; readonly supervisorNotes?: string | null };

const stampOf = ({ userId }: Member, { notes }: Decision): Omit<Resolution, "status"> => ({ supervisorId: userId, supervisorNotes: notes ?? null });

function resolve(transaction: Transaction, id: string, resolution: Resolution): Promise<TransferRow> {
  return transaction.contactTransferRequest.update({
    where: { id },
    data: { ...resolution, resolvedAt: new Date() },
    include: TRANSFER_RELATIONS,
  });
}

const factOf = (row: TransferRow) => ({ request: toTransferRequest(row), sessionId: row.contact.sessionId });
