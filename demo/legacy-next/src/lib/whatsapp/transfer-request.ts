import { isDuplicate } from "../duplicate.ts";
import { conflict } from "../http/api-error.ts";
import { assertActor, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { transferRequested } from "../realtime/transfer-events.ts";
import { commit, type Transaction } from "../transaction.ts";
import { requireContact } from "./contact-reference.ts";
import { lockContact } from "./lock.ts";
import { toTransferRequest, TRANSFER_RELATIONS, type TransferRequest } from "./transfer-reply.ts";
import { assertUser } from "./user-reference.ts";

type Input = { readonly contactId: string; readonly actor: string | undefined; readonly message: string | undefined };

const alreadyPending = (): Error => conflict("A transfer request is already pending for this contact");

/** `POST contacts/:contactId/transfer/request`: the caller asks for a conversation that a colleague has. */
export async function requestTransfer(member: Member, { contactId, actor, message }: Input, asked: Asked): Promise<TransferRequest> {
  const { tenantId, userId } = member;
  const id = await requireContact(tenantId, contactId);
  await assertUser(tenantId, userId);
  assertActor(member, actor);
  try {
    return await commit(asked, async (transaction) => {
      await lockContact(transaction, tenantId, id);
      const owner = await askedOwner(transaction, id, userId);
      const row = await transaction.contactTransferRequest.create({
        data: { contactId: id, fromUserId: owner, toUserId: userId, requestedById: userId, message: message ?? null },
        include: TRANSFER_RELATIONS,
      });
      const fact = { request: toTransferRequest(row), sessionId: row.contact.sessionId };
      return { result: fact.request, emissions: transferRequested(fact, await decidersOf(transaction, tenantId)) };
    });
  } catch (error) {
    throw isDuplicate(error) ? alreadyPending() : error;
  }
}

/** Who has the conversation, when it can be asked for; throws 409 with the first reason why not. */
async function askedOwner(transaction: Transaction, contactId: string, callerId: string): Promise<string> {
  const contact = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId }, select: { sessionStatus: true, userId: true } });
  if (contact.sessionStatus !== "OPEN") throw conflict("Contact does not have an open session");
  if (contact.userId === null) throw conflict("Contact is not assigned to anyone");
  if (contact.userId === callerId) throw conflict("You already own this contact");
  if ((await transaction.contactTransferRequest.count({ where: { contactId, status: "PENDING" } })) > 0) throw alreadyPending();
  return contact.userId;
}

/** Everybody who may decide on a transfer. */
export async function decidersOf(transaction: Transaction, tenantId: string): Promise<string[]> {
  const where = { tenantId, role: { in: ["admin" as const, "super_admin" as const] } };
  const users = await transaction.user.findMany({ where, select: { id: true }, orderBy: { id: "asc" } });
  return users.map(({ id }) => id);
}
