import type { Contact } from "@ipnuo/domain/contact";
import { database } from "../database.ts";
import { forbidden } from "../http/api-error.ts";
import { assertActor, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit } from "../transaction.ts";
import { noteTransfer } from "./activity.ts";
import { readContactFact } from "./contact-fact.ts";
import { requireContact } from "./contact-reference.ts";
import { CONTACT_RELATIONS, toContact } from "./contacts.ts";
import { lockContact } from "./lock.ts";
import { assertUser } from "./user-reference.ts";
import { toUserRef, USER_REF, type UserRef } from "./user-ref.ts";

type Assignment = { readonly contactId: string; readonly userId: string | null };

/** `POST contacts/:contactId/assign`. */
export async function assignContact(member: Member, { contactId, userId }: Assignment, asked: Asked): Promise<unknown> {
  const { tenantId } = member;
  const id = await requireContact(tenantId, contactId);
  if (userId !== null) await assertUser(tenantId, userId);
  const contact = await commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, id);
    const before = await readContactFact(transaction, id);
    const owner = before.contact.userId;
    assertMayTake(member, owner);
    if (owner !== userId) {
      await transaction.whatsAppContact.update({ where: { id }, data: { userId }, select: { id: true } });
      await noteTransfer(transaction, member, { contactId: id, from: owner, to: userId });
    }
    const row = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id }, include: CONTACT_RELATIONS });
    return { result: toContact(row), emissions: contactUpdated(before, { ...before, contact: row }) };
  });
  return { success: true, contact: contact satisfies Contact };
}

/** Whoever is no admin takes nobody's contact away. Throws 403. */
export function assertMayTake({ role, userId }: Member, owner: string | null): void {
  if (role === "user" && owner !== null && owner !== userId) throw forbidden();
}

type LockQuery = { readonly contactId: string; readonly actor: string | undefined };
type LockStatus = { readonly isLocked: boolean; readonly reason: string | null; readonly currentOwner: UserRef | null };

/** `GET contacts/:contactId/lock-status`: may the caller write, or does somebody else have the conversation? */
export async function readLockStatus(member: Member, { contactId, actor }: LockQuery): Promise<LockStatus> {
  const { tenantId } = member;
  const id = await requireContact(tenantId, contactId);
  assertActor(member, actor);
  const { sessionStatus, userId, user } = await database().whatsAppContact.findUniqueOrThrow({
    where: { id },
    select: { sessionStatus: true, userId: true, user: USER_REF },
  });
  const isLocked = sessionStatus === "OPEN" && userId !== null && userId !== member.userId;
  return {
    isLocked,
    reason: isLocked ? "Contact is assigned to another user" : null,
    currentOwner: toUserRef(user, tenantId),
  };
}
