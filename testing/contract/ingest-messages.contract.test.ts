import { describe, expect, it } from "vitest";
import { contactUpdated, namesOf, sessionEvent } from "./events.ts";
import { SESSION, TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { bodyOf } from "./replies.ts";
import { createScene, freshDigits, freshId, freshLid, minutesAgo, phoneJid } from "./scene.ts";
import { ingestWith } from "./service-calls.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 4.3, 5.4 and the batches of 4.1: inbound messages, their status and changes, contacts, groups and media. */

const contract = useWorld();
const { world } = contract;
const observation = useObservation(contract);
const { ingest } = ingestWith(observation);
const scene = createScene(contract);

const AT = "2026-11-02T10:00:00.000Z";
const STORED_AT = "2026-11-02T10:00:00";
const LATER = "2026-11-02T10:05:00.000Z";

type Result = { readonly key: string; readonly outcome: string; readonly id: string | null; readonly error: string | null };

describe.each(SYSTEMS)("%s: ingest", (system) => {
  const batch = async (path: string, sessionId: string, items: readonly object[], emits = 0) => {
    const observed = await ingest(system, path, { sessionId, items }, emits);
    const { success, results } = bodyOf(observed.reply) as { success: boolean; results: Result[] };
    expect(success).toBe(true);
    expect(results.map((result) => Object.keys(result))).toEqual(items.map(() => ["key", "outcome", "id", "error"]));
    return { ...observed, results, outcomes: results.map(({ outcome }) => outcome) };
  };
  const incoming = (values: object): object => ({
    messageId: freshId("WAIN"),
    fromMe: false,
    timestamp: AT,
    source: "live",
    messageType: "TEXT",
    content: "hola",
    ...values,
  });

  it("stores a live message of somebody new: contact, chatbot contact, message, three events; the same again is unchanged", async () => {
    const { sessionId } = await scene.connected();
    const digits = freshDigits();
    const jid = phoneJid(digits);
    const item = incoming({ remoteJid: `${digits}:3@s.whatsapp.net`, pushName: "Ana", content: "  hola \n mundo " }) as { messageId: string };
    const first = await batch("messages", sessionId, [item], 3);
    expect(first.outcomes).toEqual(["created"]);
    const [contact] = first.changes.whatsapp_contacts?.inserted ?? [];
    const [chatbot] = first.changes.chatbot_contacts?.inserted ?? [];
    const [message] = first.changes.whatsapp_messages?.inserted ?? [];
    expect(contact).toMatchObject({
      tenantId: TENANT.alpha,
      jid,
      pn: jid,
      lid: null,
      phoneNumber: digits,
      name: "Ana",
      unreadCount: 1,
      lastMessageAt: STORED_AT,
      sessionId,
      isGroup: false,
      chatbotContactId: chatbot?.["id"],
    });
    expect(chatbot).toMatchObject({ tenantId: TENANT.alpha, type: "CONTACT", phone: digits });
    expect(message).toMatchObject({
      id: first.results[0]?.id,
      messageId: item.messageId,
      remoteJid: jid,
      whatsappContactId: contact?.["id"],
      status: "PENDING",
      content: "  hola \n mundo ",
      timestamp: STORED_AT,
      fromMe: false,
      senderId: null,
    });
    expect(namesOf(first.emissions)).toEqual(["contact.created", "message.received", "contact.updated"]);
    const ids = { contactId: chatbot?.["id"], whatsappContactId: contact?.["id"] };
    expect(first.emissions).toEqual([
      sessionEvent("contact.created", sessionId, { ...ids, jid, name: "Ana", phoneNumber: digits, isGroup: false }),
      sessionEvent("message.received", sessionId, {
        id: message?.["id"],
        messageId: item.messageId,
        remoteJid: jid,
        fromMe: false,
        content: "  hola \n mundo ",
        contentTruncated: false,
        messageType: "TEXT",
        ...ids,
        contactName: "Ana",
      }),
      sessionEvent("contact.updated", sessionId, {
        ...ids,
        jid,
        unreadCount: 1,
        lastMessageAt: AT,
        lastMessagePreview: " hola mundo ",
        name: "Ana",
        userId: null,
        sessionStatus: "CLOSED",
      }),
    ]);
    const again = await batch("messages", sessionId, [item]);
    expect([again.outcomes, again.changes, again.emissions]).toEqual([["unchanged"], {}, []]);
  });

  it("counts and names a contact that is known, and keeps the newest time and session", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({
      unreadCount: 4,
      sessionId: SESSION.live,
      lastMessageAt: new Date("2026-11-02T11:00:00.000Z"),
      chatbotContactId: (await scene.chatbot()).id,
    });
    const older = await batch("messages", sessionId, [incoming({ remoteJid: contact.jid, pushName: "Named" })], 2);
    expect(older.changes.whatsapp_contacts).toEqual({ updated: { [contact.id]: { unreadCount: 5, name: "Named" } } });
    const newer = await batch(
      "messages",
      sessionId,
      [incoming({ remoteJid: contact.jid, pushName: "Other", timestamp: "2026-11-02T12:00:00.000Z" })],
      2,
    );
    expect(newer.changes.whatsapp_contacts).toEqual({
      updated: { [contact.id]: { unreadCount: 6, lastMessageAt: "2026-11-02T12:00:00", sessionId } },
    });
    const known = { ...contact, sessionId, name: "Named", unreadCount: 6 };
    expect(newer.emissions.at(-1)).toEqual(contactUpdated(known, { lastMessageAt: "2026-11-02T12:00:00.000Z", lastMessagePreview: "hola" }));
  });

  it.each([
    ["live", {}, "PENDING", { unread: 1, isTold: true }],
    ["append", {}, "PENDING", { unread: 0, isTold: true }],
    ["history", {}, "READ", { unread: 0, isTold: false }],
    ["live", { fromMe: true }, "SENT", { unread: 0, isTold: true }],
    ["append", { fromMe: true, status: "DELIVERED" }, "DELIVERED", { unread: 0, isTold: true }],
    ["history", { fromMe: true, status: "READ" }, "READ", { unread: 0, isTold: false }],
  ] as const)("stores a %s message %j as %s", async (source, values, status, { unread, isTold }) => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ chatbotContactId: (await scene.chatbot()).id });
    const { changes, emissions } = await batch(
      "messages",
      sessionId,
      [incoming({ remoteJid: contact.jid, source, pushName: "P", ...values })],
      isTold ? 2 : 0,
    );
    expect(changes.whatsapp_messages?.inserted).toMatchObject([{ status }]);
    expect(changes.whatsapp_contacts?.updated?.[contact.id]?.["unreadCount"] ?? 0).toBe(unread);
    expect(namesOf(emissions)).toEqual(isTold ? ["message.received", "contact.updated"] : []);
    const { rows } = await world().database.query(`select name from whatsapp_contacts where id = $1`, [contact.id]);
    expect(rows).toEqual([{ name: "fromMe" in values ? null : "P" }]);
  });

  it("keeps apart a lid and a number, and merges them when a message pairs them", async () => {
    const { sessionId } = await scene.connected();
    const [digits, lid] = [freshDigits(), freshLid()];
    const alone = await batch("messages", sessionId, [incoming({ remoteJid: lid, pushName: "Lid" })], 3);
    expect(alone.changes.whatsapp_contacts?.inserted).toMatchObject([{ jid: lid, lid, pn: null, phoneNumber: null, chatbotContactId: null }]);
    expect(alone.changes.chatbot_contacts).toBeUndefined();
    const number = await scene.contact({ pn: phoneJid(digits), unreadCount: 2, userId: USER.owner, createdAt: minutesAgo(900) });
    const merged = await batch("messages", sessionId, [incoming({ remoteJid: lid, remoteJidAlt: phoneJid(digits), timestamp: LATER })]);
    expect(merged.outcomes).toEqual(["created"]);
    const lidId = String(alone.changes.whatsapp_contacts?.inserted?.[0]?.["id"]);
    expect(merged.changes.whatsapp_contacts?.deleted).toEqual([lidId]);
    expect(merged.changes.whatsapp_contacts?.updated?.[number.id]).toMatchObject({ lid, unreadCount: 4, name: "Lid", sessionId });
    const { rows } = await world().database.query(`select distinct "remoteJid", "whatsappContactId" from whatsapp_messages where "sessionId" = $1`, [
      sessionId,
    ]);
    expect(rows).toEqual([{ remoteJid: phoneJid(digits), whatsappContactId: number.id }]);
  });

  it("skips broadcasts and newsletters, rejects what is no message, and applies the others", async () => {
    const { sessionId } = await scene.connected();
    const good = phoneJid(freshDigits());
    const items = [
      incoming({ remoteJid: "status@broadcast" }),
      incoming({ remoteJid: "120363000000000009@newsletter" }),
      incoming({ remoteJid: good, messageType: "HOLOGRAM" }),
      incoming({ remoteJid: good, timestamp: "soon" }),
      incoming({ remoteJid: "nope" }),
      incoming({ remoteJid: good }),
    ];
    const { outcomes, results, changes } = await batch("messages", sessionId, items, 3);
    expect(outcomes).toEqual(["skipped", "skipped", "rejected", "rejected", "rejected", "created"]);
    expect(results.map(({ error }) => typeof error)).toEqual(["object", "object", "string", "string", "string", "object"]);
    expect(changes.whatsapp_messages?.inserted).toHaveLength(1);
  });

  it("refreshes a known row but never its status, nor one that was edited or deleted", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ chatbotContactId: (await scene.chatbot()).id, lastMessageAt: minutesAgo(1), sessionId });
    const base = { sessionId, remoteJid: contact.jid, whatsappContactId: contact.id };
    const known = await scene.message({
      ...base,
      status: "READ",
      content: null,
      metadata: { unsupported: true, reactions: [{ from: contact.jid, emoji: "x", at: AT }] },
    });
    const edited = await scene.message({ ...base, content: "edited", metadata: { editedAt: AT } });
    const again = (messageId: string): object => incoming({ messageId, remoteJid: contact.jid, content: "now readable" });
    const { outcomes, changes } = await batch("messages", sessionId, [again(known.messageId), again(edited.messageId)]);
    expect(outcomes).toEqual(["updated", "unchanged"]);
    const updated = changes.whatsapp_messages?.updated ?? {};
    expect(Object.keys(updated)).toEqual([known.id]);
    expect(updated[known.id]).toMatchObject({ content: "now readable", metadata: { reactions: [{ emoji: "x" }] } });
    expect(updated[known.id]).not.toHaveProperty("status");
  });

  it("raises the status of own messages only, and tells of each rise once", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ sessionId, chatbotContactId: null });
    const own = await scene.message({ sessionId, remoteJid: contact.jid, whatsappContactId: contact.id, fromMe: true, status: "SENT" });
    const theirs = await scene.message({ sessionId, remoteJid: contact.jid, whatsappContactId: contact.id, status: "PENDING" });
    const report = (messageId: string, status: string, more: object = {}): object => ({ messageId, status, at: AT, ...more });
    const first = await batch(
      "messages/status",
      sessionId,
      [report(own.messageId, "DELIVERED"), report(theirs.messageId, "READ"), report("WA-nobody", "READ")],
      1,
    );
    expect(first.outcomes).toEqual(["updated", "skipped", "skipped"]);
    expect(first.changes).toEqual({ whatsapp_messages: { updated: { [own.id]: { status: "DELIVERED", deliveredAt: STORED_AT } } } });
    const facts = { messageId: own.messageId, remoteJid: contact.jid, contactId: contact.id, whatsappContactId: contact.id };
    expect(first.emissions).toEqual([sessionEvent("message.status", sessionId, { ...facts, status: "DELIVERED", deliveredAt: AT })]);
    const lower = await batch("messages/status", sessionId, [
      report(own.messageId, "DELIVERED"),
      report(own.messageId, "SENT"),
      report(own.messageId, "FAILED"),
    ]);
    expect([lower.outcomes, lower.changes, lower.emissions]).toEqual([["unchanged", "unchanged", "unchanged"], {}, []]);
    const read = await batch("messages/status", sessionId, [report(own.messageId, "READ", { at: LATER })], 1);
    expect(read.changes).toEqual({ whatsapp_messages: { updated: { [own.id]: { status: "READ", readAt: "2026-11-02T10:05:00" } } } });
    expect(read.emissions).toEqual([sessionEvent("message.status", sessionId, { ...facts, status: "READ", readAt: LATER })]);
  });

  it("settles the outbox: FAILED, then SENT on later proof", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ sessionId });
    const own = await scene.message({
      sessionId,
      remoteJid: contact.jid,
      whatsappContactId: contact.id,
      fromMe: true,
      status: "PENDING",
      senderId: USER.owner,
    });
    const queued = {
      tenantId: TENANT.alpha,
      sessionId,
      messageRowId: own.id,
      userId: USER.owner,
      endpoint: "sends.text",
      idempotencyKey: own.id,
      payloadHash: "h",
    };
    await scene.row("whatsapp_outbox", {
      id: `outbox-${own.id}`,
      ...queued,
      chatJid: contact.jid,
      kind: "text",
      payload: {},
      state: "WRITTEN",
      createdAt: minutesAgo(1),
      updatedAt: minutesAgo(1),
    });
    const failed = await batch(
      "messages/status",
      sessionId,
      [{ messageId: own.messageId, status: "FAILED", at: AT, errorCode: 463, errorMessage: "no first contact" }],
      1,
    );
    expect(failed.changes.whatsapp_messages?.updated).toEqual({ [own.id]: { status: "FAILED", errorMessage: "no first contact" } });
    expect(failed.changes.whatsapp_outbox?.updated?.[`outbox-${own.id}`]).toMatchObject({
      state: "FAILED",
      settledAt: expect.any(String) as unknown,
    });
    expect(failed.emissions).toMatchObject([{ event: "message.status", data: { status: "FAILED", errorMessage: "no first contact" } }]);
    const sent = await batch("messages/status", sessionId, [{ messageId: own.messageId, status: "SENT", at: LATER }], 1);
    expect(sent.changes.whatsapp_messages?.updated).toEqual({ [own.id]: { status: "SENT", errorMessage: null } });
    expect(sent.changes.whatsapp_outbox?.updated?.[`outbox-${own.id}`]).toMatchObject({ state: "SENT" });
    expect(sent.emissions).toMatchObject([{ event: "message.sent", data: { id: own.id, messageId: own.messageId, status: "SENT" } }]);
  });

  it("sets, replaces and removes reactions, edits and deletes, the newest winning", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ sessionId, lastMessageAt: minutesAgo(1) });
    const message = await scene.message({ sessionId, remoteJid: contact.jid, whatsappContactId: contact.id, content: "first" });
    const change = (kind: string, more: object, emits = 1) =>
      batch("messages/changes", sessionId, [{ messageId: message.messageId, kind, actorJid: contact.jid, at: AT, ...more }], emits);
    const reacted = await change("reaction", { emoji: "👍" });
    expect(reacted.changes).toEqual({
      whatsapp_messages: { updated: { [message.id]: { metadata: { reactions: [{ from: contact.jid, emoji: "👍", at: AT }] } } } },
    });
    const ids = { messageId: message.messageId, remoteJid: contact.jid, contactId: contact.id, whatsappContactId: contact.id };
    expect(reacted.emissions).toEqual([sessionEvent("message.reaction", sessionId, { ...ids, from: contact.jid, emoji: "👍" })]);
    const old = await change("reaction", { emoji: "x", at: "2026-11-01T00:00:00.000Z" }, 0);
    expect([old.outcomes, old.changes, old.emissions]).toEqual([["unchanged"], {}, []]);
    const removed = await change("reaction", { emoji: null, at: LATER });
    expect(removed.emissions).toMatchObject([{ event: "message.reaction", data: { emoji: null } }]);
    const edited = await change("edit", { content: "second", at: LATER });
    expect(edited.changes.whatsapp_messages?.updated?.[message.id]).toMatchObject({ content: "second", metadata: { editedAt: LATER } });
    expect(edited.emissions[0]).toEqual(
      sessionEvent("message.edited", sessionId, { ...ids, content: "second", contentTruncated: false, editedAt: LATER }),
    );
    const deleted = await change("delete", { at: LATER });
    expect(deleted.changes.whatsapp_messages?.updated?.[message.id]).toMatchObject({ content: null, metadata: { deletedAt: LATER } });
    expect(deleted.emissions[0]).toEqual(sessionEvent("message.deleted", sessionId, { ...ids, deletedAt: LATER }));
  });

  it("upserts contacts: what is given fills, what is null keeps", async () => {
    const { sessionId } = await scene.connected();
    const digits = freshDigits();
    const jid = phoneJid(digits);
    const made = await batch("contacts", sessionId, [{ jid, name: "One", isBusiness: true }], 1);
    expect(made.outcomes).toEqual(["created"]);
    expect(made.changes.whatsapp_contacts?.inserted).toMatchObject([{ jid, pn: jid, phoneNumber: digits, name: "One", isBusiness: true }]);
    expect(namesOf(made.emissions)[0]).toBe("contact.created");
    const same = await batch("contacts", sessionId, [{ jid, name: null }]);
    expect([same.outcomes, same.changes, same.emissions]).toEqual([["unchanged"], {}, []]);
  });

  it("keeps groups with their participants", async () => {
    const { sessionId } = await scene.connected();
    const jid = `12036${freshDigits()}@g.us`;
    const participants = [
      { jid: phoneJid(freshDigits()), admin: true },
      { jid: phoneJid(freshDigits()), admin: false },
    ];
    const made = await batch("groups", sessionId, [{ jid, subject: "Team", participants }], 1);
    expect(made.outcomes).toEqual(["created"]);
    expect(made.changes.whatsapp_contacts?.inserted).toMatchObject([
      { jid, pn: null, lid: null, phoneNumber: null, isGroup: true, name: "Team", metadata: { participants } },
    ]);
    expect(made.changes.chatbot_contacts?.inserted).toMatchObject([{ type: "GROUP", displayName: "Team", phone: null }]);
    const same = await batch("groups", sessionId, [{ jid, subject: "Team", participants }]);
    expect([same.outcomes, same.changes, same.emissions]).toEqual([["unchanged"], {}, []]);
  });

  it("stores media once: STORED is final, FAILED may become STORED, a foreign key is rejected", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact({ sessionId });
    const message = await scene.message({ sessionId, remoteJid: contact.jid, whatsappContactId: contact.id, messageType: "IMAGE", content: null });
    await scene.row("whatsapp_media", {
      id: `media-${message.id}`,
      messageRowId: message.id,
      tenantId: TENANT.alpha,
      createdAt: minutesAgo(1),
      updatedAt: minutesAgo(1),
    });
    const hash = "ab".repeat(32);
    const stored = (tenantId: string): object => ({
      messageId: message.messageId,
      state: "STORED",
      sha256: hash,
      mimeType: "image/jpeg",
      size: 7,
      fileName: "a.jpg",
      storageKey: `${tenantId}/ab/${hash}`,
    });
    const failed = await batch("media", sessionId, [{ messageId: message.messageId, state: "FAILED", errorCode: "gone" }], 1);
    expect(failed.emissions).toMatchObject([{ event: "media.processed", data: { state: "FAILED", mediaUrl: null } }]);
    for (const storageKey of [`${TENANT.beta}/ab/${hash}`, `../${hash}`, "/etc/passwd", `${TENANT.alpha}/cd/${hash}`]) {
      const refused = await batch("media", sessionId, [{ ...stored(TENANT.alpha), storageKey }]);
      expect([storageKey, refused.outcomes, refused.changes]).toEqual([storageKey, ["rejected"], {}]);
    }
    const good = await batch("media", sessionId, [stored(TENANT.alpha)], 1);
    const url = `/api/whatsapp/media/${message.id}`;
    expect(good.changes.whatsapp_messages?.updated).toEqual({ [message.id]: { mediaUrl: url, mediaMimeType: "image/jpeg", mediaSize: 7 } });
    expect(good.changes.whatsapp_media?.updated?.[`media-${message.id}`]).toMatchObject({ state: "STORED", sha256: hash });
    const event = {
      id: message.id,
      messageId: message.messageId,
      remoteJid: contact.jid,
      state: "STORED",
      mediaUrl: url,
      mediaMimeType: "image/jpeg",
      mediaSize: 7,
    };
    expect(good.emissions).toEqual([sessionEvent("media.processed", sessionId, event)]);
    const late = await batch("media", sessionId, [{ messageId: message.messageId, state: "EXPIRED" }]);
    expect([late.outcomes, late.changes, late.emissions]).toEqual([["unchanged"], {}, []]);
    expect((await batch("media", sessionId, [{ messageId: "WA-nobody", state: "FAILED" }])).changes).toEqual({});
  });

  it("never touches another tenant's rows, whatever the body says", async () => {
    const { sessionId } = await scene.connected();
    const digits = freshDigits();
    const foreign = await scene.contact({ tenantId: TENANT.beta, pn: phoneJid(digits), name: "Foreign", sessionId: SESSION.foreign });
    const theirs = await scene.message({
      sessionId: SESSION.foreign,
      remoteJid: foreign.jid,
      whatsappContactId: foreign.id,
      fromMe: true,
      status: "SENT",
    });
    const { changes } = await ingest(
      system,
      "messages",
      { sessionId, tenantId: TENANT.beta, items: [incoming({ remoteJid: foreign.jid, tenantId: TENANT.beta })] },
      3,
    );
    expect(changes.whatsapp_contacts?.inserted).toMatchObject([{ tenantId: TENANT.alpha, jid: foreign.jid }]);
    expect(changes.whatsapp_contacts?.updated).toBeUndefined();
    const status = await batch("messages/status", sessionId, [{ messageId: theirs.messageId, status: "READ", at: AT }]);
    expect([status.outcomes, status.changes]).toEqual([["skipped"], {}]);
  });
});
