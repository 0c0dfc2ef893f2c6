import type { TransferRequest } from "../whatsapp/transfer-reply.ts";
import { userChannel, type Emission } from "./emission.ts";

/** A transfer as its events tell it; `sessionId` is the contact's, for the envelope. */
export type TransferFact = { readonly request: TransferRequest; readonly sessionId: string | null };

/** Told to everybody who may decide. */
export const transferRequested = (fact: TransferFact, deciders: readonly string[]): Emission[] => {
  const { fromUser, toUser, message, createdAt } = fact.request;
  return toUsers(deciders, "transfer-request:new", fact, { ...base(fact), fromUser, toUser, message, createdAt });
};

/** Told to whoever asked. */
export const transferDecided = (fact: TransferFact, decision: "approved" | "denied"): Emission[] =>
  toUsers([fact.request.requestedById], `transfer-request:${decision}`, fact, { ...base(fact), notes: fact.request.supervisorNotes });

/** Told to the former owner of an approved request. */
export const transferTransferred = (fact: TransferFact, formerOwner: string | null): Emission[] =>
  toUsers(formerOwner === null ? [] : [formerOwner], "transfer-request:transferred", fact, {
    ...base(fact),
    transferredTo: fact.request.toUser,
  });

export const transferCancelled = (fact: TransferFact, deciders: readonly string[]): Emission[] =>
  toUsers(deciders, "transfer-request:cancelled", fact, base(fact));

function base({ request: { id, contact } }: TransferFact): Emission["data"] {
  return { requestId: id, contactId: contact.id, contactName: contact.name };
}

function toUsers(userIds: readonly string[], event: string, { request, sessionId }: TransferFact, data: Emission["data"]): Emission[] {
  return userIds.map((userId) => ({ channel: userChannel(userId), event, data, sessionId, tenantId: request.contact.tenantId }));
}
