import { randomBytes } from "node:crypto";
import type { Prisma, WhatsAppSession } from "../../../generated/prisma/client.ts";
import { conflict, notFound } from "../http/api-error.ts";
import type { Transaction } from "../transaction.ts";

const MAX_SESSIONS = 100;
const SEND_SECRET_BYTES = 32;

/**
 * The tenant's session with this key, locked; null when the key is free. Throws 404 for a key of another tenant, and for the id
 * of another tenant. The tenant's row is locked first, so that two requests cannot make the same or the hundred and first session.
 */
export async function lockSessionKey(transaction: Transaction, tenantId: string, sessionId: string): Promise<WhatsAppSession | null> {
  const tenants = await transaction.$queryRaw<unknown[]>`select 1 from "tenants" where "id" = ${tenantId} for no key update`;
  if (tenants.length === 0) throw notFound("Session not found or access denied");
  await transaction.$queryRaw`select 1 from "whatsapp_sessions" where "sessionId" = ${sessionId} and "tenantId" = ${tenantId} for update`;
  const session = await transaction.whatsAppSession.findUnique({ where: { sessionId } });
  if (session !== null && session.tenantId !== tenantId) throw notFound("Session not found or access denied");
  if (session === null && sessionId !== tenantId) await assertNoTenant(transaction, sessionId);
  return session;
}

async function assertNoTenant(transaction: Transaction, id: string): Promise<void> {
  if ((await transaction.tenant.count({ where: { id } })) > 0) throw notFound("Session not found or access denied");
}

type NewSession = Pick<Prisma.WhatsAppSessionUncheckedCreateInput, "sessionId" | "tenantId"> & Partial<Prisma.WhatsAppSessionUncheckedCreateInput>;
type NewConfig = Pick<Prisma.WhatsAppSessionConfigUncheckedCreateInput, "routingRule">;

/** A session row and its configuration row. Throws 409 when the tenant has as many as it may. */
export async function insertSession(transaction: Transaction, session: NewSession, config: NewConfig = {}): Promise<WhatsAppSession> {
  const count = await transaction.whatsAppSession.count({ where: { tenantId: session.tenantId } });
  if (count >= MAX_SESSIONS) throw conflict("Session limit reached");
  const row = await transaction.whatsAppSession.create({ data: { ...session, sendSecret: randomBytes(SEND_SECRET_BYTES).toString("hex") } });
  await transaction.whatsAppSessionConfig.create({ data: { ...config, sessionId: session.sessionId } });
  return row;
}
