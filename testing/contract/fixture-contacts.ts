import type { ChatbotContact, WhatsAppContact } from "../../prisma/generated/whatsapp/client.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { chatbotRow, contactRow } from "./rows.ts";

const MINUTE_MS = 60_000;
const GROUP_JID = "120363000000000004@g.us";

const phone = (digits: string): string => `${digits}@s.whatsapp.net`;

const row = (key: keyof typeof CONTACT, values: Partial<WhatsAppContact>): WhatsAppContact =>
  contactRow({ id: CONTACT[key], tenantId: TENANT.alpha, ...values });

/** Links of every kind, one chatbot contact with three contacts, one without, one whose id is a contact's id. */
export function fixtureChatbots(): ChatbotContact[] {
  const alpha = { tenantId: TENANT.alpha };
  return [
    chatbotRow({ ...alpha, id: CHATBOT.plain, displayName: "Plain", phone: "15550001001", metadata: { note: "never shown" } }),
    chatbotRow({ ...alpha, id: CHATBOT.group, displayName: "Group", type: "GROUP" }),
    chatbotRow({ ...alpha, id: CHATBOT.twins, displayName: "Twins", type: "BOT" }),
    chatbotRow({ ...alpha, id: CHATBOT.lonely, phone: "15550008888" }),
    // A contact's id goes before a chatbot contact's: this one, linked to `number`, is never reached by its id.
    chatbotRow({ ...alpha, id: CONTACT.uuid }),
    chatbotRow({ id: CHATBOT.foreign, tenantId: TENANT.beta, phone: "15550001001" }),
  ];
}

/** One person per way to be addressed; orders with ties and nulls. */
export function fixtureContacts(now: Date): WhatsAppContact[] {
  const at = (minutes: number): Date => new Date(now.getTime() - minutes * MINUTE_MS);
  return [
    row("plain", {
      pn: phone("15550001001"),
      name: "Contact 001",
      isBusiness: true,
      avatarUrl: "https://avatars.example/1.jpg",
      sessionId: SESSION.live,
      lastMessageAt: at(10),
      unreadCount: 2,
      chatbotContactId: CHATBOT.plain,
      userId: USER.admin,
      sessionStatus: "OPEN",
      sessionStartedAt: at(90),
      lastSessionClosedAt: at(3_000),
      routingOverride: "USER",
      metadata: { note: "never shown" },
    }),
    row("thread", { pn: phone("15550001002"), lid: "70000000000002@lid", sessionId: SESSION.live, lastMessageAt: at(5), userId: USER.owner }),
    row("lidOnly", { lid: "70000000000003@lid", name: "Contact 003", sessionId: SESSION.stopped, lastMessageAt: at(200), userId: USER.operator }),
    row("group", {
      jid: GROUP_JID,
      name: "Group 004",
      isGroup: true,
      sessionId: SESSION.live,
      lastMessageAt: at(20),
      chatbotContactId: CHATBOT.group,
    }),
    row("oldGroup", { jid: "15550001005-1600000000@g.us", isGroup: true, sessionId: SESSION.live, lastMessageAt: at(30) }),
    row("uuid", { pn: phone("15550001006"), lastSessionClosedAt: at(4_000) }),
    row("digits", { pn: phone("15550001007"), name: "Digits", lastMessageAt: at(400), sessionId: SESSION.live }),
    row("number", { pn: phone("15550001099"), name: "Number", chatbotContactId: CONTACT.uuid }),
    row("twinOlder", {
      pn: phone("15550001010"),
      name: "Older twin",
      chatbotContactId: CHATBOT.twins,
      lastMessageAt: at(500),
      sessionId: SESSION.live,
    }),
    row("twinNewer", {
      pn: phone("15550001011"),
      name: "Newer twin",
      chatbotContactId: CHATBOT.twins,
      lastMessageAt: at(490),
      sessionId: SESSION.live,
    }),
    row("twinSilent", { pn: phone("15550001012"), name: "Silent twin", chatbotContactId: CHATBOT.twins }),
    row("tieSecond", { pn: phone("15550001014"), lastMessageAt: at(600), sessionId: SESSION.live }),
    row("tieFirst", { pn: phone("15550001013"), lastMessageAt: at(600), sessionId: SESSION.live }),
    row("many", { pn: phone("15550001015"), name: "Many", lastMessageAt: at(700), sessionId: SESSION.live }),
    row("noted", { pn: phone("15550001016"), name: "Noted" }),
    row("dead", { pn: phone("15550001017"), lastMessageAt: at(800), sessionId: SESSION.dead }),
    contactRow({
      id: CONTACT.foreign,
      tenantId: TENANT.beta,
      pn: phone("15550001001"),
      lid: "70000000000002@lid",
      name: "Foreign",
      lastMessageAt: at(1),
      sessionId: SESSION.foreign,
      userId: USER.foreign,
    }),
  ];
}
