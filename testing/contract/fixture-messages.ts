import type { CrmActivity, CrmSessionSummary, WhatsAppMessage } from "../../prisma/generated/whatsapp/client.ts";
import { CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { activityRow, messageRow, summaryRow } from "./rows.ts";

/** More than one page of the largest size. */
export const MANY_MESSAGES = 510;
/** More than the newest 20 that a thread shows. */
export const MANY_NOTES = 24;

const MINUTE_MS = 60_000;
const THREAD_JID = "15550001002@s.whatsapp.net";
const PLAIN_JID = "15550001001@s.whatsapp.net";

/** Every type and status, senders of every kind, ties in time, rows that belong to nobody or to the other tenant. */
export function fixtureMessages(now: Date): WhatsAppMessage[] {
  const at = (minutes: number, seconds = 0): Date => new Date(Math.floor((now.getTime() - minutes * MINUTE_MS) / 1_000 + seconds) * 1_000);
  const thread = (id: string, minutes: number, values: Partial<WhatsAppMessage>): WhatsAppMessage =>
    messageRow({ id, sessionId: SESSION.live, remoteJid: THREAD_JID, whatsappContactId: CONTACT.thread, timestamp: at(minutes), ...values });
  const own = { fromMe: true } as const;
  return [
    // The contact's other session and other address belong to the same thread.
    thread("m01stopped", 100, { sessionId: SESSION.stopped, content: "¿Precio? 😀\nsecond line", status: "PENDING" }),
    thread("m02lid", 99, { remoteJid: "70000000000002@lid", metadata: { pushName: "Contact 002", forwarded: true } }),
    // One second, three messages: the order is that of the ids.
    thread("m05tie", 90, { content: "c" }),
    thread("m03tie", 90, { content: "a", ...own, senderId: USER.admin, status: "SENT" }),
    thread("m04tie", 90, { content: "b" }),
    thread("m06image", 80, {
      messageType: "IMAGE",
      content: null,
      mediaUrl: "/api/whatsapp/media/m06image",
      mediaMimeType: "image/jpeg",
      mediaSize: 34_567,
      thumbnailUrl: "/api/whatsapp/media/m06image?variant=thumbnail",
      metadata: { width: 640, height: 480 },
    }),
    thread("m07video", 79, { messageType: "VIDEO", content: "caption", mediaMimeType: "video/mp4", mediaSize: 0 }),
    thread("m08audio", 78, { messageType: "AUDIO", content: null, mediaMimeType: "audio/ogg; codecs=opus", metadata: { seconds: 7 } }),
    thread("m09document", 77, { messageType: "DOCUMENT", content: null, metadata: { fileName: "factura ñ.pdf" } }),
    thread("m10sticker", 76, { messageType: "STICKER", content: null }),
    thread("m11location", 75, {
      messageType: "LOCATION",
      content: "Bodega",
      metadata: { location: { latitude: 4.711, longitude: -74.0721, name: "Bodega", address: null } },
    }),
    thread("m12contact", 74, { messageType: "CONTACT", content: "Card", metadata: { contacts: [{ displayName: "Card", phones: ["15550004000"] }] } }),
    thread("m13buttons", 73, {
      messageType: "BUTTONS",
      content: "Choose",
      ...own,
      senderId: "whatsapp-system",
      status: "READ",
      deliveredAt: at(73, 1),
      readAt: at(73, 9),
    }),
    thread("m14list", 72, { messageType: "LIST", content: "Precios", metadata: { selectedId: "option-1" }, quotedMessageId: "WA-m13buttons" }),
    thread("m15sent", 60, {
      ...own,
      senderId: USER.operator,
      status: "DELIVERED",
      deliveredAt: at(60, 2),
      timestamp: new Date(at(60).getTime() + 123),
    }),
    thread("m16failed", 59, { ...own, senderId: USER.owner, status: "FAILED", errorMessage: "Error 463" }),
    thread("m17gone", 58, { ...own, senderId: USER.absent, status: "SENT" }),
    thread("m18foreign", 57, { ...own, senderId: USER.foreign, status: "SENT" }),
    thread("m19device", 56, { ...own, senderId: null, status: "READ", readAt: at(55) }),
    thread("m20reacted", 50, { metadata: { reactions: [{ from: THREAD_JID, emoji: "👍", at: at(49).toISOString() }] } }),
    thread("m21pending", 5, { status: "PENDING", content: null, metadata: { unsupported: true } }),
    // The address of the thread, and no contact: only the session's list has it.
    messageRow({ id: "m30orphan", sessionId: SESSION.live, remoteJid: THREAD_JID, timestamp: at(4), status: "PENDING" }),
    messageRow({
      id: "m31plain",
      sessionId: SESSION.live,
      remoteJid: PLAIN_JID,
      whatsappContactId: CONTACT.plain,
      timestamp: at(11),
      status: "PENDING",
    }),
    messageRow({
      id: "m32plain",
      sessionId: SESSION.live,
      remoteJid: PLAIN_JID,
      whatsappContactId: CONTACT.plain,
      timestamp: at(10),
      status: "PENDING",
    }),
    // The other tenant: the same number, the same WhatsApp id, later than everything else.
    messageRow({
      id: "m40foreign",
      messageId: "WA-m32plain",
      sessionId: SESSION.foreign,
      remoteJid: PLAIN_JID,
      whatsappContactId: CONTACT.foreign,
      timestamp: at(1),
      status: "PENDING",
    }),
    ...manyMessages(now),
  ];
}

/** Three in each second, inserted in no useful order. */
function manyMessages(now: Date): WhatsAppMessage[] {
  return Array.from({ length: MANY_MESSAGES }, (_, position) => {
    const index = (position * 7) % MANY_MESSAGES;
    const timestamp = new Date(Math.floor(now.getTime() / 1_000 - 86_400 + Math.floor(index / 3)) * 1_000);
    const id = `n${String(index).padStart(4, "0")}`;
    return messageRow({ id, sessionId: SESSION.live, remoteJid: "15550001015@s.whatsapp.net", whatsappContactId: CONTACT.many, timestamp });
  });
}

const AUTHORS = [USER.admin, USER.operator, USER.absent, "system", USER.foreign] as const;

/** More than 20 for one contact with authors of every kind, one for another contact, one of the other tenant. */
export function fixtureSummaries(now: Date): CrmSessionSummary[] {
  const at = (hours: number): Date => new Date(now.getTime() - hours * 60 * MINUTE_MS);
  const many = Array.from({ length: MANY_NOTES }, (_, index) =>
    summaryRow({
      id: `s${String((index * 5) % MANY_NOTES).padStart(2, "0")}`,
      tenantId: TENANT.alpha,
      contactId: CONTACT.noted,
      date: at(500 - ((index * 5) % MANY_NOTES)),
      createdById: AUTHORS[((index * 5) % MANY_NOTES) % AUTHORS.length] ?? "system",
    }),
  );
  const full = summaryRow({
    id: "sfull",
    tenantId: TENANT.alpha,
    contactId: CONTACT.plain,
    date: at(50),
    clientName: "Contact 001",
    startedAt: at(51),
    duration: "60 min",
    topics: ["precio", "cita"],
    sentiment: "positive",
    interactionType: "Venta",
    nextActions: ["call"],
    aiInsights: "Sentiment: positive",
    needsFollowUp: true,
    followUpDate: new Date("2026-12-24T00:00:00.000Z"),
    followUpTime: "10:00",
    followUpNote: "bring the list",
    createdById: USER.admin,
  });
  return [...many, full, summaryRow({ id: "sforeign", tenantId: TENANT.beta, contactId: CONTACT.foreign, date: at(1) })];
}

/** Notes as the summaries; the same contact's activities of other types are not shown. */
export function fixtureActivities(now: Date): CrmActivity[] {
  const at = (hours: number): Date => new Date(now.getTime() - hours * 60 * MINUTE_MS);
  const many = Array.from({ length: MANY_NOTES }, (_, index) =>
    activityRow({
      id: `a${String((index * 7) % MANY_NOTES).padStart(2, "0")}`,
      tenantId: TENANT.alpha,
      contactId: CONTACT.noted,
      createdAt: at(400 - ((index * 7) % MANY_NOTES)),
      createdById: [...AUTHORS, null][((index * 7) % MANY_NOTES) % (AUTHORS.length + 1)] ?? null,
    }),
  );
  const alpha = { tenantId: TENANT.alpha, contactId: CONTACT.noted } as const;
  const others = (["message", "call", "email", "ticket", "product", "appointment", "task"] as const).map((type, index) =>
    activityRow({ ...alpha, id: `aother${index}`, type, createdAt: at(index) }),
  );
  const full = activityRow({
    id: "afull",
    tenantId: TENANT.alpha,
    contactId: CONTACT.plain,
    createdAt: at(2),
    text: "Session transferred",
    detail: "detail",
    metadata: { type: "transfer", from: USER.admin, to: USER.operator },
    createdById: USER.operator,
  });
  return [...many, ...others, full, activityRow({ id: "aforeign", tenantId: TENANT.beta, contactId: CONTACT.foreign, createdAt: at(1) })];
}
