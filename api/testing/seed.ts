import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import type { Database } from "../runtime/tokens.ts";

/** Two tenants with one user each; `t2` is the foreign one. */
export async function seedTenants(database: Database): Promise<void> {
  await database.tenant.createMany({ data: ["t1", "t2"].map((id) => ({ id, name: id })) });
  await database.user.createMany({
    data: [
      { id: "u1", tenantId: "t1", email: "u1@example.com", name: "Agent One", normalizedPhone: "15550100011", metadata: { color: "#0a0" } },
      { id: "u2", tenantId: "t2", email: "u2@example.com", name: "Agent Two" },
    ],
  });
}

export async function seedSession(database: Database, data: Partial<Prisma.WhatsAppSessionUncheckedCreateInput> & { sessionId: string }) {
  return database.whatsAppSession.create({ data: { id: `row-${data.sessionId}`, tenantId: "t1", sendSecret: "00", ...data } });
}

export async function seedContact(database: Database, data: Partial<Prisma.WhatsAppContactUncheckedCreateInput> & { id: string; jid: string }) {
  return database.whatsAppContact.create({ data: { tenantId: "t1", ...data } });
}

export async function seedMessage(
  database: Database,
  data: Partial<Prisma.WhatsAppMessageUncheckedCreateInput> & { id: string; sessionId: string; timestamp: Date },
) {
  return database.whatsAppMessage.create({ data: { messageId: `WA-${data.id}`, remoteJid: "15550100001@s.whatsapp.net", ...data } });
}
