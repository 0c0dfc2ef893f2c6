import type { ChatbotContact, Tenant, User, WhatsAppContact } from "../../prisma/generated/whatsapp/client.ts";
import { NORTH, SESSIONS, SOUTH, TENANTS, USERS, type DemoTenant } from "./identities.ts";
import type { Random, Weighted } from "./random.ts";
import { before, DAY_MS, HISTORY_MS } from "./rows.ts";

const CONTACTS = [
  { tenant: NORTH, code: "100", individuals: 180, groups: 20 },
  { tenant: SOUTH, code: "200", individuals: 90, groups: 10 },
] as const;

const COLORS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"] as const;
const COMPANY_WORDS = ["Alder", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper"] as const;
const COMPANY_KINDS = ["Supply Co.", "Logistics", "Bakery", "Hardware", "Travel", "Clinic"] as const;
const GROUP_TOPICS = ["Deliveries", "Night shift", "Suppliers", "Pedidos", "Soporte", "Sucursal"] as const;

type Kind = "phone" | "phone-and-lid" | "lid";
const KINDS: Weighted<Kind> = [
  ["phone", 45],
  ["phone-and-lid", 40],
  ["lid", 15],
];

/** The two tenants. */
export function buildTenants(now: Date): Tenant[] {
  const createdAt = before(now, HISTORY_MS + 60 * DAY_MS);
  return TENANTS.map((tenant) => ({ ...tenant, subdomain: null, isActive: true, settings: { locale: "es" }, createdAt, updatedAt: createdAt }));
}

/** The users of identities.ts. Owners have no number; the others' numbers are those of their own WhatsApp contact. */
export function buildUsers(now: Date): User[] {
  return USERS.map((user, index) => {
    const normalizedPhone = user.role === "super_admin" ? null : `1555090${String(index).padStart(4, "0")}`;
    const phone = normalizedPhone === null ? null : `+${normalizedPhone}`;
    const createdAt = before(now, HISTORY_MS + 30 * DAY_MS - index * 1_000);
    return {
      ...user,
      status: "active",
      phone,
      normalizedPhone,
      metadata: { color: COLORS[index % COLORS.length] ?? null },
      createdAt,
      updatedAt: createdAt,
    };
  });
}

export type People = { readonly contacts: readonly WhatsAppContact[]; readonly chatbotContacts: readonly ChatbotContact[] };

/** 300 contacts, about 30 of them groups, without their conversations, and the chatbot contacts that some are linked to. */
export function buildContacts(now: Date, random: Random, users: readonly User[]): People {
  const contacts: WhatsAppContact[] = [];
  const chatbotContacts: ChatbotContact[] = TENANTS.map((tenant) => buildFlowbot(tenant, now, random));
  for (const { tenant, code, individuals, groups } of CONTACTS) {
    const people = users.filter((user) => user.tenantId === tenant.id && user.normalizedPhone !== null).slice(0, 2);
    for (let index = 1; index <= individuals + groups; index += 1) {
      const number = `${code}${String(index).padStart(4, "0")}`;
      const blank = blankContact(tenant, now, random);
      const user = people[index - 1];
      const contact =
        index > individuals ? group(blank, index - individuals, random) : individual(blank, user?.normalizedPhone ?? `1555${number}`, random);
      if (user !== undefined) contact.userId = user.id;
      const isLinkable = contact.isGroup || contact.pn !== null;
      if (isLinkable && random.chance(0.6)) {
        const partner = buildChatbotContact(contact, random);
        chatbotContacts.push(partner);
        contact.chatbotContactId = partner.id;
      }
      contacts.push(contact);
    }
  }
  return { contacts, chatbotContacts };
}

function blankContact(tenant: DemoTenant, now: Date, random: Random): WhatsAppContact {
  const createdAt = before(now, HISTORY_MS + random.int(1, 20) * DAY_MS);
  return {
    id: random.id(),
    tenantId: tenant.id,
    sessionId: null,
    jid: "",
    lid: null,
    pn: null,
    name: null,
    phoneNumber: null,
    isGroup: false,
    isBusiness: false,
    avatarUrl: null,
    lastMessageAt: null,
    unreadCount: 0,
    metadata: null,
    chatbotContactId: null,
    userId: null,
    sessionStatus: "CLOSED",
    sessionStartedAt: null,
    lastSessionClosedAt: null,
    routingOverride: null,
    createdAt,
    updatedAt: createdAt,
  };
}

function individual(blank: WhatsAppContact, phoneNumber: string, random: Random): WhatsAppContact {
  const isOwnNumber = phoneNumber.startsWith("1555090");
  const kind = isOwnNumber ? "phone-and-lid" : random.weighted(KINDS);
  const pn = kind === "lid" ? null : `${phoneNumber}@s.whatsapp.net`;
  const lid = kind === "phone" ? null : `77${random.int(100_000_000, 999_999_999)}${random.int(1_000, 9_999)}@lid`;
  const isBusiness = random.chance(0.15);
  const plainName = `Contact ${phoneNumber.slice(-3)}`;
  const name = isBusiness ? `${random.pick(COMPANY_WORDS)} ${random.pick(COMPANY_KINDS)}` : random.chance(0.1) ? null : plainName;
  const avatarUrl = random.chance(0.3) ? `https://avatars.example/${random.hex(12)}.jpg` : null;
  const digits = kind === "lid" ? null : phoneNumber;
  return { ...blank, jid: pn ?? lid ?? "", lid, pn, name, phoneNumber: digits, isBusiness, avatarUrl };
}

function group(blank: WhatsAppContact, index: number, random: Random): WhatsAppContact {
  const participants = Array.from({ length: random.int(3, 12) }, (_, position) => ({
    jid: `1555300${String(random.int(0, 9_999)).padStart(4, "0")}@s.whatsapp.net`,
    admin: position === 0,
  }));
  const name = `${random.pick(GROUP_TOPICS)} ${String(index).padStart(2, "0")}`;
  return { ...blank, jid: `1203630${random.int(10_000_000_000, 99_999_999_999)}@g.us`, name, isGroup: true, metadata: { participants } };
}

function buildChatbotContact(contact: WhatsAppContact, random: Random): ChatbotContact {
  const displayName = contact.name ?? contact.phoneNumber ?? "Contact";
  const type = contact.isGroup ? "GROUP" : "CONTACT";
  const { tenantId, phoneNumber: phone, avatarUrl, createdAt } = contact;
  const rest = { description: null, email: null, metadata: null, isDefaultFlowbot: false, createdAt, updatedAt: createdAt };
  return { id: random.id(), tenantId, type, displayName, phone, avatarUrl, ...rest };
}

function buildFlowbot(tenant: DemoTenant, now: Date, random: Random): ChatbotContact {
  const createdAt = before(now, HISTORY_MS + 30 * DAY_MS);
  return {
    id: random.id(),
    tenantId: tenant.id,
    type: "BOT",
    displayName: "Flowbot",
    phone: null,
    avatarUrl: null,
    description: "Default flow",
    email: null,
    metadata: null,
    isDefaultFlowbot: true,
    createdAt,
    updatedAt: createdAt,
  };
}

/** The session most of a contact's messages go through; the QR session has none. */
export function pickHomeSession(tenantId: string, random: Random): string {
  const choices: Weighted<string> =
    tenantId === NORTH.id
      ? [
          [SESSIONS.sales.sessionId, 70],
          [SESSIONS.billing.sessionId, 18],
          [SESSIONS.events.sessionId, 12],
        ]
      : [
          [SESSIONS.dispatch.sessionId, 85],
          [SESSIONS.returns.sessionId, 15],
        ];
  return random.weighted(choices);
}
