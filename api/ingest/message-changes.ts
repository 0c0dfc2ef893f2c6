import { Injectable } from "@nestjs/common";
import type { ChangeItem } from "@ipnuo/domain/ingest";
import { parseJid } from "@ipnuo/domain/jid";
import { applyChange, type StoredMetadata } from "@ipnuo/domain/message-history";
import { messageDeleted, messageEdited, messageReacted, type MessageReference } from "@ipnuo/domain/message-event-payloads";
import { toObjectOrNull } from "../runtime/sql.ts";
import { appliedTo, rejected, SKIPPED, type Applied, type Batch } from "./batch.ts";
import { findKnown } from "./inbound-rows.ts";
import { IngestContacts } from "./ingest-contacts.ts";

/** Reactions, edits and deletions of stored messages (contract 4.1). They create no contact. */
@Injectable()
export class MessageChanges {
  constructor(private readonly contacts: IngestContacts) {}

  async apply(batch: Batch, item: ChangeItem): Promise<Applied> {
    const actorJid = parseJid(item.actorJid)?.jid;
    if (actorJid === undefined) return rejected("actorJid is invalid");
    const known = await findKnown(batch, item.messageId);
    if (known === undefined) return SKIPPED;
    const change = { ...item, actorJid };
    const stored = { content: known.content, metadata: (toObjectOrNull(known.metadata) ?? {}) as StoredMetadata };
    const next = applyChange(stored, change);
    if (next === undefined) return appliedTo(known.id, false);
    // Its line in the chat list may change.
    if (known.contactId !== null && next.content !== stored.content) await this.contacts.touch(batch, [known.contactId]);
    await batch.db.whatsAppMessage.update({
      where: { id: known.id },
      data: { content: next.content, metadata: next.metadata },
      select: { id: true },
    });
    const { messageId, remoteJid, contactId, chatbotContactId } = known;
    const contact = contactId === null ? null : { id: contactId, chatbotContactId };
    const emission = toEmission({ ...batch.session, messageId, remoteJid, contact }, change, next.content);
    batch.tell(() => emission);
    return appliedTo(known.id, true);
  }
}

function toEmission(message: MessageReference, { kind, actorJid, emoji, at }: ChangeItem, content: string | null) {
  if (kind === "reaction") return messageReacted(message, actorJid, emoji ?? null);
  return kind === "edit" ? messageEdited(message, content, at.toISOString()) : messageDeleted(message, at.toISOString());
}
