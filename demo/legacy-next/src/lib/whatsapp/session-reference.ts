import { database } from "../database.ts";
import { notFound } from "../http/api-error.ts";
import { isStorable } from "./wire.ts";

/** Throws 404 unless the tenant has a session with exactly this key. */
export async function assertSession(tenantId: string, sessionId: string): Promise<void> {
  const session = isStorable(sessionId) ? await database().whatsAppSession.findFirst({ where: { sessionId, tenantId }, select: { id: true } }) : null;
  if (session === null) throw notFound("Session not found or access denied");
}
