import { assertActor, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit } from "../transaction.ts";
import { readContactFact } from "./contact-fact.ts";
import { requireContact } from "./contact-reference.ts";
import { toContactRow, type ContactRow } from "./contact-row.ts";
import { lockContact } from "./lock.ts";

export type OpenRequest = { readonly contactId: string; readonly userId: string | undefined };

/** `POST …/session/open`. The UI calls it on every selection: an open conversation is left as it is. */
export async function openConversation(member: Member, { contactId: reference, userId }: OpenRequest, asked: Asked): Promise<ContactRow> {
  const { tenantId } = member;
  const contactId = await requireContact(tenantId, reference);
  assertActor(member, userId);
  return commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, contactId);
    const contact = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId } });
    if (contact.sessionStatus === "OPEN") return { result: toContactRow(contact) };

    const before = await readContactFact(transaction, contactId);
    const opened = await transaction.whatsAppContact.update({
      where: { id: contactId },
      data: { sessionStatus: "OPEN", sessionStartedAt: new Date() },
    });
    await transaction.crmActivity.create({
      data: {
        tenantId,
        contactId,
        type: "note",
        text: "Session started",
        detail: "Session opened",
        metadata: { type: "session_start" },
        createdById: member.userId,
      },
    });
    return { result: toContactRow(opened), emissions: contactUpdated(before, await readContactFact(transaction, contactId)) };
  });
}
