import { cutErrorMessage, cutName, fit, sessionChannel, userChannel, type Emission } from "./emission.ts";
import type { SessionStatus } from "./enums.ts";
import type { EventData, EventName } from "./events.ts";
import type { UserRef } from "./values.ts";

/** Emissions of sessions and transfer requests, from the rows they are about. Pure: what is emitted is a function of the fact. */

export type SessionFact = { readonly tenantId: string; readonly sessionId: string };

/** An event on its session's channel. */
export function onSession<Name extends EventName>(
  { tenantId, sessionId }: SessionFact,
  event: Name,
  data: Omit<EventData<Name>, "sessionId" | "tenantId">,
): Emission<Name> {
  return { tenantId, channel: sessionChannel(sessionId), event, data: fit({ ...data, sessionId, tenantId }) as unknown as EventData<Name> };
}

export function qrCode(session: SessionFact, qr: string): Emission {
  return onSession(session, "qr.code", { qr });
}

export function pairingCode(session: SessionFact, code: string): Emission {
  return onSession(session, "pairing.code", { code });
}

export type ConnectionFact = SessionFact & {
  readonly status: SessionStatus;
  readonly phoneNumber: string | null;
  readonly accountName: string | null;
  readonly reason: string | null;
  /** Why the socket closed, as WhatsApp numbers it. */
  readonly code?: number | null;
  readonly message?: string | null;
};

const CONNECTION = {
  CONNECTED: ["connected", "open"],
  CONNECTING: ["connecting", "connecting"],
  QR_REQUIRED: ["qr_required", "connecting"],
  DISCONNECTED: ["disconnected", "close"],
  ERROR: ["error", "close"],
} as const;

/** Account and number only while connected; the last error only of a close with a code. */
export function connectionUpdate(fact: ConnectionFact): Emission {
  const [status, connection] = CONNECTION[fact.status];
  const isConnected = status === "connected";
  const statusCode = fact.code ?? null;
  const hasError = connection === "close" && statusCode !== null;
  return onSession(fact, "connection.update", {
    status,
    connection,
    phoneNumber: isConnected ? fact.phoneNumber : null,
    accountName: isConnected ? cutName(fact.accountName) : null,
    reason: fact.reason,
    lastDisconnect: hasError ? { error: { message: cutErrorMessage(fact.message ?? fact.reason ?? ""), statusCode } } : null,
  });
}

export type TransferFact = {
  readonly tenantId: string;
  readonly requestId: string;
  readonly contact: { readonly id: string; readonly name: string | null; readonly sessionId: string | null };
};

function onUser<Name extends EventName>(
  userId: string,
  event: Name,
  data: Omit<EventData<Name>, "tenantId" | "sessionId"> & { readonly fact: TransferFact },
): Emission<Name> {
  const { fact, ...rest } = data;
  const { tenantId, contact } = fact;
  return { tenantId, channel: userChannel(userId), event, data: { ...rest, sessionId: contact.sessionId, tenantId } as unknown as EventData<Name> };
}

function reference({ requestId, contact }: TransferFact) {
  return { requestId, contactId: contact.id, contactName: cutName(contact.name) };
}

export type TransferRequested = {
  readonly fromUser: UserRef | null;
  readonly toUser: UserRef | null;
  readonly message: string | null;
  readonly createdAt: string;
};

/** To every admin and super_admin of the tenant. */
export function transferRequested(
  fact: TransferFact,
  admins: readonly string[],
  { fromUser, toUser, message, createdAt }: TransferRequested,
): Emission[] {
  const data = { ...reference(fact), fromUser: cutUser(fromUser), toUser: cutUser(toUser), message, createdAt };
  return admins.map((userId) => onUser(userId, "transfer-request:new", { ...data, fact }));
}

/** To whoever asked. */
export function transferDecided(
  fact: TransferFact,
  requester: string,
  decision: { readonly isApproved: boolean; readonly notes: string | null },
): Emission {
  const data = { ...reference(fact), notes: decision.notes, fact };
  return decision.isApproved ? onUser(requester, "transfer-request:approved", data) : onUser(requester, "transfer-request:denied", data);
}

/** To the former owner. */
export function transferred(fact: TransferFact, formerOwner: string, transferredTo: UserRef | null): Emission {
  return onUser(formerOwner, "transfer-request:transferred", { ...reference(fact), transferredTo: cutUser(transferredTo), fact });
}

/** To every admin and super_admin of the tenant. */
export function transferCancelled(fact: TransferFact, admins: readonly string[]): Emission[] {
  return admins.map((userId) => onUser(userId, "transfer-request:cancelled", { ...reference(fact), fact }));
}

function cutUser(user: UserRef | null): UserRef | null {
  return user === null ? null : { ...user, name: cutName(user.name) };
}
