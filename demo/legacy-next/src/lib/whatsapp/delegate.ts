import type { Contact } from "@ipnuo/domain/contact";
import type { WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import type { Body } from "../http/body.ts";
import { notFound } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit, type Transaction } from "../transaction.ts";
import { readContactFact } from "./contact-fact.ts";
import { assertMayTake } from "./contact-owner.ts";
import { resolveAddress } from "./contact-reference.ts";
import { CONTACT_RELATIONS, toContact } from "./contacts.ts";
import { addressOf } from "./jid.ts";
import { lockContact } from "./lock.ts";
import { assertUser } from "./user-reference.ts";
import { isStorable } from "./wire.ts";

const ACTIONS = ["delegate-to-flowbot", "take-control"] as const;
type Action = (typeof ACTIONS)[number];

export type DelegateRequest = { readonly messageId: string; readonly address: string; readonly action: Action | undefined };

export function parseDelegateRequest(body: Body): DelegateRequest {
  const messageId = body.text("messageId");
  const jid = body.text("jid");
  const address = jid === "" ? undefined : addressOf(jid);
  if (jid !== "" && address === undefined) body.reject("jid");
  return { messageId, address: address ?? "", action: body.choice("action", ACTIONS) };
}

/** `POST delegate`: the bot answers this chat from now on, or the caller does. */
export async function delegate(member: Member, request: DelegateRequest, asked: Asked): Promise<{ success: true; contact: Contact }> {
  const { tenantId, userId } = member;
  const takesControl = request.action === "take-control";
  const { message, contactId } = await findDelegable(tenantId, request);
  if (takesControl) await assertUser(tenantId, userId);
  return commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, contactId);
    const before = await readContactFact(transaction, contactId);
    if (takesControl) assertMayTake(member, before.contact.userId);
    await leaveFeed(transaction, message.id);
    await transaction.whatsAppContact.update({
      where: { id: contactId },
      data: takesControl ? { routingOverride: "USER", userId } : { routingOverride: "FLOWBOT" },
    });
    await transaction.crmActivity.create({
      data: {
        tenantId,
        contactId,
        type: "note",
        text: takesControl ? "Control taken" : "Delegated to FlowBot",
        metadata: { type: "delegation", action: request.action ?? null, messageId: request.messageId },
        createdById: userId,
      },
    });
    const emissions = contactUpdated(before, await readContactFact(transaction, contactId));
    const contact = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId }, include: CONTACT_RELATIONS });
    return { result: { success: true, contact: toContact(contact) }, emissions };
  });
}

type Delegable = { readonly message: Pick<WhatsAppMessage, "id">; readonly contactId: string };

/** A message of that chat which somebody else wrote. Throws 404. */
async function findDelegable(tenantId: string, { messageId, address }: DelegateRequest): Promise<Delegable> {
  const contact = await resolveAddress(tenantId, address);
  if (contact.kind === "known" || !isStorable(messageId)) throw notFound("Message not found");
  const where = { session: { tenantId }, whatsappContactId: contact.id, fromMe: false };
  const message =
    (await database().whatsAppMessage.findFirst({ where: { ...where, id: messageId }, select: { id: true } })) ??
    (await database().whatsAppMessage.findFirst({
      where: { ...where, messageId },
      select: { id: true },
      orderBy: [{ timestamp: "desc" }, { id: "desc" }],
    }));
  if (message === null) throw notFound("Message not found");
  return { message, contactId: contact.id };
}

/** Only what still waits for an answer is in the feed. */
async function leaveFeed(transaction: Transaction, id: string): Promise<void> {
  await transaction.whatsAppMessage.updateMany({ where: { id, status: "PENDING" }, data: { status: "DELIVERED", deliveredAt: new Date() } });
}
