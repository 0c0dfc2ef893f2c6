import type { WhatsAppSession } from "../../../generated/prisma/client.ts";
import { isDuplicate } from "../duplicate.ts";
import { notFound } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { connectionUpdate } from "../realtime/session-events.ts";
import { commit, notify, type Committed, type Transaction } from "../transaction.ts";
import { lockSession } from "./lock.ts";
import { insertSession, lockSessionKey } from "./new-session.ts";
import type { ConnectInput } from "./session-body.ts";

const STOPPED_BY_USER = "stopped_by_user";

/** What no state but QR_REQUIRED may hold. */
const NO_CODE = { qrCode: null, pairingCode: null } as const;

/** `POST connect`: asks the worker to open the socket. No socket is opened here. */
export async function connectSession(member: Member, input: ConnectInput, asked: Asked): Promise<unknown> {
  try {
    await commit(asked, (transaction) => connect(transaction, member.tenantId, input));
  } catch (error) {
    // Another tenant made the same key at the same moment: it is theirs now.
    throw isDuplicate(error) ? notFound("Session not found or access denied") : error;
  }
  return { success: true, message: "Connection initiated" };
}

async function connect(transaction: Transaction, tenantId: string, { sessionId, name, phoneNumber }: ConnectInput): Promise<Committed<void>> {
  const session = await lockSessionKey(transaction, tenantId, sessionId);
  const always = { lastSync: new Date(), pairingPhone: phoneNumber ?? null, ...(name === undefined ? {} : { name }) };
  const started = { ...always, status: "CONNECTING", desiredState: "RUNNING" } as const;
  if (session === null) await insertSession(transaction, { ...started, sessionId, tenantId });
  else {
    const data = isRunning(session) ? always : { ...started, ...NO_CODE, errorMessage: null, reconnectAttempts: 0 };
    await transaction.whatsAppSession.update({ where: { sessionId }, data });
  }
  await notify(transaction, "whatsapp_session", sessionId);
  const hasChanged = session === null || (!isRunning(session) && session.status !== "CONNECTING");
  return { result: undefined, emissions: hasChanged ? [connectionUpdate({ sessionId, tenantId }, { status: "CONNECTING", reason: null })] : [] };
}

/** Connected or on its way: connecting again changes nothing of that. */
function isRunning({ desiredState, status }: Pick<WhatsAppSession, "desiredState" | "status">): boolean {
  return desiredState === "RUNNING" && status !== "DISCONNECTED" && status !== "ERROR";
}

/** `POST disconnect`: the worker ends the socket; credentials stay, nobody is logged out. */
export async function disconnectSession(member: Member, sessionId: string, asked: Asked): Promise<unknown> {
  await commit(asked, (transaction) => disconnect(transaction, member.tenantId, sessionId));
  return { success: true, message: "Disconnected" };
}

async function disconnect(transaction: Transaction, tenantId: string, sessionId: string): Promise<Committed<void>> {
  await lockSession(transaction, tenantId, sessionId);
  const { desiredState, status } = await transaction.whatsAppSession.findUniqueOrThrow({ where: { sessionId } });
  if (desiredState === "STOPPED" && status === "DISCONNECTED") return { result: undefined };
  const now = new Date();
  await transaction.whatsAppSession.update({
    where: { sessionId },
    data: {
      ...NO_CODE,
      desiredState: "STOPPED",
      status: "DISCONNECTED",
      isActive: false,
      errorMessage: null,
      lastDisconnectReason: STOPPED_BY_USER,
      lastConnectionEventAt: now,
      lastSync: now,
    },
  });
  await notify(transaction, "whatsapp_session", sessionId);
  const emission = connectionUpdate({ sessionId, tenantId }, { status: "DISCONNECTED", reason: STOPPED_BY_USER });
  return { result: undefined, emissions: status === "DISCONNECTED" ? [] : [emission] };
}

/** `DELETE sessions`: the row and everything below it; contacts stay, without a session. */
export async function deleteSession(member: Member, sessionId: string, asked: Asked): Promise<unknown> {
  const { tenantId } = member;
  await commit(asked, async (transaction) => {
    await lockSession(transaction, tenantId, sessionId);
    await transaction.whatsAppSession.delete({ where: { sessionId }, select: { id: true } });
    await notify(transaction, "whatsapp_session", sessionId);
    return { result: undefined, emissions: [connectionUpdate({ sessionId, tenantId }, { status: "DISCONNECTED", reason: "deleted" })] };
  });
  return { success: true, message: "Session deleted successfully" };
}
