import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import type { Transaction } from "../transaction.ts";
import { phoneDigits } from "./jid.ts";

export type ChatContact = { readonly contact: WhatsAppContact; readonly isNew: boolean };

type Chat = { readonly tenantId: string; readonly sessionId: string; readonly address: string };

/** The contact behind an address, locked until the transaction ends; created when nobody has that address yet. */
export async function ensureChatContact(transaction: Transaction, chat: Chat): Promise<ChatContact> {
  const known = await lockByAddress(transaction, chat);
  if (known !== undefined) return { contact: known, isNew: false };
  const { count } = await transaction.whatsAppContact.createMany({ data: toNewContact(chat), skipDuplicates: true });
  const contact = await lockByAddress(transaction, chat);
  if (contact === undefined) throw new Error("a contact that was just created is gone");
  return { contact, isNew: count === 1 };
}

function toNewContact({ tenantId, sessionId, address }: Chat) {
  return {
    tenantId,
    sessionId,
    jid: address,
    lid: address.endsWith("@lid") ? address : null,
    pn: address.endsWith("@s.whatsapp.net") ? address : null,
    phoneNumber: phoneDigits(address),
    isGroup: address.endsWith("@g.us"),
  };
}

async function lockByAddress(transaction: Transaction, { tenantId, address }: Chat): Promise<WhatsAppContact | undefined> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    select "id" from "whatsapp_contacts"
    where "tenantId" = ${tenantId} and (${address} in ("pn", "lid") or "jid" = ${address})
    order by "pn" is not distinct from ${address} desc, "lid" is not distinct from ${address} desc, "id" asc
    limit 1 for update`;
  const id = rows[0]?.id;
  return id === undefined ? undefined : ((await transaction.whatsAppContact.findUnique({ where: { id } })) ?? undefined);
}
