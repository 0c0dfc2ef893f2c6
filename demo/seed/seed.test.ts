import { describe, expect, it } from "vitest";
import { messageStatus, messageType } from "../../domain/src/enums.ts";
import { parseJid } from "../../domain/src/jid.ts";
import type { WhatsAppMessage } from "../../prisma/generated/whatsapp/client.ts";
import { SYSTEM_SENDER } from "./episodes.ts";
import { SESSIONS, TENANTS, USERS } from "./identities.ts";
import { DAY_MS, HISTORY_MS } from "./rows.ts";
import { buildDemo } from "./seed.ts";

const NOW = new Date("2026-11-23T15:04:05.678Z");
const rows = buildDemo({ now: NOW });
const messages = rows.whatsapp_messages;
const contacts = rows.whatsapp_contacts;

const METADATA_KEYS =
  "pushName participant senderName fileName location contacts poll selectedId seconds width height mentions forwarded reactions editedAt deletedAt unsupported".split(
    " ",
  );

function groupBy<Row>(list: readonly Row[], keyOf: (row: Row) => string | null): Map<string | null, Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of list) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

const countWhere = (isIncluded: (at: Date) => boolean): number => messages.filter(({ timestamp }) => isIncluded(timestamp)).length;

describe("the demo's rows", () => {
  it("are the same, to the byte, for the same seed and moment", () => {
    const again = JSON.stringify(buildDemo({ now: new Date(NOW), messages: 500 }));
    expect(JSON.stringify(buildDemo({ now: NOW, messages: 500 }))).toBe(again);
    expect(JSON.stringify(buildDemo({ now: NOW, messages: 500, seed: 2 }))).not.toBe(again);
  });

  it("have the numbers that the demo promises", () => {
    expect(messages).toHaveLength(20_000);
    expect(contacts).toHaveLength(300);
    expect(contacts.filter(({ isGroup }) => isGroup)).toHaveLength(30);
    expect(rows.whatsapp_sessions).toHaveLength(6);
    expect(rows.whatsapp_session_configs).toHaveLength(4);
    expect(rows.users).toEqual(expect.arrayContaining(USERS.map((user) => expect.objectContaining(user) as unknown)));
    for (const { id } of TENANTS) expect(rows.users.filter(({ tenantId }) => tenantId === id).length).toBeGreaterThanOrEqual(6);
    for (const count of [0, 1, 333]) expect(buildDemo({ now: NOW, messages: count }).whatsapp_messages).toHaveLength(count);
  });

  it("hold an id of cuid's form once", () => {
    const ids = Object.values(rows).flatMap((list: readonly { id: string }[]) => list.map(({ id }) => id));
    expect(ids.filter((id) => !/^c[a-z0-9]{24}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("hold no phone number outside of 1555", () => {
    const numbers = JSON.stringify(rows).matchAll(/"\+?(\d{6,15})(?::\d+)?(?:@s\.whatsapp\.net)?"/g);
    expect([...numbers].map(([, digits]) => digits).filter((digits) => digits?.startsWith("1555") !== true)).toEqual([]);
  });

  it("end before the given moment and begin less than 90 days before it", () => {
    const times = messages.flatMap(({ timestamp, createdAt, updatedAt, deliveredAt, readAt }) => [
      timestamp,
      createdAt,
      updatedAt,
      deliveredAt,
      readAt,
    ]);
    const known = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
    expect(Math.max(...known)).toBeLessThanOrEqual(NOW.getTime());
    expect(Math.min(...known)).toBeGreaterThanOrEqual(NOW.getTime() - HISTORY_MS - 1_000);
    expect(messages.filter(({ timestamp }) => timestamp.getTime() > NOW.getTime() - DAY_MS).length).toBeGreaterThan(50);
  });

  it("are busier by day than by night and on weekdays than at weekends", () => {
    expect(countWhere((at) => at.getUTCHours() >= 9 && at.getUTCHours() < 17)).toBeGreaterThan(8 * countWhere((at) => at.getUTCHours() < 6));
    expect(countWhere((at) => at.getUTCDay() === 3)).toBeGreaterThan(2 * countWhere((at) => at.getUTCDay() === 0));
  });
});

const isDeleted = (message: WhatsAppMessage): boolean => Object.hasOwn((message.metadata ?? {}) as object, "deletedAt");

describe("the demo's messages", () => {
  it("are of every type and status", () => {
    expect([...new Set(messages.map((message) => message.messageType))].toSorted()).toEqual([...messageType.options].toSorted());
    expect([...new Set(messages.map((message) => message.status))].toSorted()).toEqual([...messageStatus.options].toSorted());
  });

  it("have content where their type has one, and never an empty text", () => {
    const of = (...types: readonly string[]): WhatsAppMessage[] => messages.filter(({ messageType: type }) => types.includes(type));
    expect(of("AUDIO", "STICKER").filter(({ content }) => content !== null)).toEqual([]);
    expect(of("LOCATION", "CONTACT", "BUTTONS", "LIST").filter((message) => message.content === null && !isDeleted(message))).toEqual([]);
    expect(of("IMAGE").some(({ content }) => content === null)).toBe(true);
    expect(of("IMAGE").some(({ content }) => content !== null)).toBe(true);
    expect(messages.filter(({ content }) => content === "")).toEqual([]);
  });

  it("carry only the metadata keys of the contract, every one of them somewhere", () => {
    const used = new Set(messages.flatMap(({ metadata }) => Object.keys((metadata ?? {}) as object)));
    expect([...used].toSorted()).toEqual(METADATA_KEYS.toSorted());
    expect(messages.some(({ metadata }) => metadata === null)).toBe(true);
  });

  it("have a status and stamps that fit their direction", () => {
    const incoming = messages.filter(({ fromMe }) => !fromMe);
    const own = messages.filter(({ fromMe }) => fromMe);
    expect([...new Set(incoming.map(({ status }) => status))].toSorted()).toEqual(["PENDING", "READ"]);
    expect([...new Set(own.map(({ status }) => status))].toSorted()).toEqual(["DELIVERED", "FAILED", "READ", "SENT"]);
    expect(incoming.filter(({ senderId }) => senderId !== null)).toEqual([]);
    expect(messages.filter(({ status, readAt }) => (status === "READ") !== (readAt !== null))).toEqual([]);
    expect(messages.filter(({ status, errorMessage }) => (status === "FAILED") !== (errorMessage !== null))).toEqual([]);
    expect(messages.filter(({ status, deliveredAt }) => status === "DELIVERED" && deliveredAt === null)).toEqual([]);
    expect(messages.filter(({ deliveredAt, readAt }) => deliveredAt !== null && readAt !== null && deliveredAt > readAt)).toEqual([]);
    expect(new Set(own.map(({ senderId }) => senderId))).toContain(SYSTEM_SENDER);
  });

  it("are unique per session, and quote only what is there", () => {
    const keys = new Set(messages.map(({ sessionId, messageId }) => `${sessionId} ${messageId}`));
    expect(keys.size).toBe(messages.length);
    const quotes = messages.filter(({ quotedMessageId }) => quotedMessageId !== null);
    expect(quotes.length).toBeGreaterThan(100);
    expect(quotes.filter(({ sessionId, quotedMessageId }) => !keys.has(`${sessionId} ${quotedMessageId}`))).toEqual([]);
  });

  it("say where their media is exactly when it is stored", () => {
    const media = new Map(rows.whatsapp_media.map((row) => [row.messageRowId, row]));
    expect([...new Set(rows.whatsapp_media.map(({ state }) => state))].toSorted()).toEqual(["EXPIRED", "FAILED", "PENDING", "STORED"]);
    for (const { id, mediaUrl, thumbnailUrl } of messages) {
      const row = media.get(id);
      expect(mediaUrl).toBe(row?.state === "STORED" ? `/api/whatsapp/media/${id}` : null);
      expect(thumbnailUrl).toBe(typeof row?.thumbnailKey === "string" ? `/api/whatsapp/media/${id}?variant=thumbnail` : null);
    }
  });
});

describe("the demo's contacts", () => {
  it("know their newest message, its session and how many wait to be read", () => {
    const chats = groupBy(messages, ({ whatsappContactId }) => whatsappContactId);
    expect(chats.has(null)).toBe(false);
    for (const { id, lastMessageAt, sessionId, unreadCount } of contacts) {
      const chat = chats.get(id) ?? [];
      const newest = chat.at(-1);
      const unread = chat.filter(({ status }) => status === "PENDING").length;
      expect({ lastMessageAt, sessionId, unreadCount }).toEqual({
        lastMessageAt: newest?.timestamp ?? null,
        sessionId: newest?.sessionId ?? null,
        unreadCount: unread,
      });
    }
    expect(contacts.some(({ lastMessageAt }) => lastMessageAt === null)).toBe(true);
    expect(contacts.some(({ unreadCount }) => unreadCount > 0)).toBe(true);
  });

  it("have one canonical address, and a number only from a phone address", () => {
    for (const { jid, lid, pn, phoneNumber, isGroup } of contacts) {
      expect(parseJid(jid)?.jid).toBe(jid);
      expect(jid).toBe(isGroup ? jid : (pn ?? lid));
      expect(phoneNumber).toBe(pn === null ? null : pn.slice(0, pn.indexOf("@")));
    }
    const individuals = contacts.filter(({ isGroup }) => !isGroup);
    const kinds = new Set(individuals.map(({ pn, lid }) => `${pn === null ? "" : "pn"}${lid === null ? "" : "lid"}`));
    expect([...kinds].toSorted()).toEqual(["lid", "pn", "pnlid"]);
    expect(individuals.filter(({ pn, chatbotContactId }) => pn === null && chatbotContactId !== null)).toEqual([]);
  });

  it("stay inside their tenant, with their session, user and chatbot contact", () => {
    const owners = new Map<string, string>(
      [...rows.users, ...rows.chatbot_contacts, ...Object.values(SESSIONS).map(({ sessionId, tenantId }) => ({ id: sessionId, tenantId }))].map(
        ({ id, tenantId }) => [id, tenantId],
      ),
    );
    const strays = contacts.filter(({ tenantId, sessionId, userId, chatbotContactId }) =>
      [sessionId, userId, chatbotContactId].some((id) => id !== null && owners.get(id) !== tenantId),
    );
    expect(strays).toEqual([]);
  });

  it("are open or closed with the dates that belong to it", () => {
    const open = contacts.filter(({ sessionStatus }) => sessionStatus === "OPEN");
    expect(open.length).toBeGreaterThan(10);
    expect(open.every(({ sessionStartedAt }) => sessionStartedAt !== null)).toBe(true);
    expect(contacts.filter(({ sessionStatus, sessionStartedAt }) => sessionStatus === "CLOSED" && sessionStartedAt !== null)).toEqual([]);
    expect(contacts.some(({ lastSessionClosedAt }) => lastSessionClosedAt !== null)).toBe(true);
  });
});

const most = (list: readonly { contactId: string | null }[]): number =>
  Math.max(...[...groupBy(list, (row) => row.contactId).values()].map((group) => group.length));

describe("the demo's CRM rows", () => {
  it("have users, the system and unknown people as authors", () => {
    const authors = [...rows.crm_session_summaries, ...rows.crm_activities].map(({ createdById }) => createdById);
    const known = new Set(rows.users.map(({ id }) => id));
    expect(authors).toContain("system");
    expect(authors).toContain(null);
    expect(authors.some((author) => author !== null && known.has(author))).toBe(true);
    expect(authors.some((author) => author !== null && author !== "system" && !known.has(author))).toBe(true);
  });

  it("fill a page of summaries and notes for somebody", () => {
    expect(most(rows.crm_session_summaries)).toBeGreaterThan(20);
    expect(most(rows.crm_activities.filter(({ type }) => type === "note"))).toBeGreaterThan(20);
  });

  it("ask for transfers of every state, one pending request per chat, of open chats with an owner", () => {
    const transfers = rows.contact_transfer_requests;
    expect([...new Set(transfers.map(({ status }) => status))].toSorted()).toEqual(["APPROVED", "CANCELLED", "DENIED", "PENDING"]);
    const pending = transfers.filter(({ status }) => status === "PENDING");
    expect(new Set(pending.map(({ contactId }) => contactId)).size).toBe(pending.length);
    for (const { contactId, fromUserId } of pending) {
      expect(contacts.find(({ id }) => id === contactId)).toMatchObject({ sessionStatus: "OPEN", userId: fromUserId });
    }
  });
});
