import { storedParticipants, validJids, type Participant } from "@ipnuo/domain/group-participants";
import type { Emission } from "@ipnuo/domain/emission";
import type { SessionFact } from "@ipnuo/domain/event-payloads";
import type { EventData } from "@ipnuo/domain/events";
import { contactCreated, contactUpdated, groupParticipants, groupUpdated, type ContactFact } from "@ipnuo/domain/message-event-payloads";
import { derived, factNotFound, notDerivable, type BusinessKey, type Derivation } from "./derivation.ts";

/** A contact with its newest message, and the session the emission was of. */
export type ContactRow = {
  readonly session: SessionFact;
  readonly fact: ContactFact;
  readonly metadata: unknown;
  /** Of the contact and its newest message. */
  readonly asOf: Date;
};

export function deriveContactCreated({ fact, asOf }: ContactRow): Derivation {
  return toldOnChannel(contactCreated(fact), asOf);
}

export function deriveContactUpdated({ fact, asOf }: ContactRow): Derivation {
  return toldOnChannel(contactUpdated(undefined, fact), asOf);
}

/** A contact whose session is gone has no channel any more. */
function toldOnChannel(emission: Emission | undefined, asOf: Date): Derivation {
  return emission === undefined ? notDerivable(asOf) : derived(asOf, emission);
}

/** A group is told to the session that saw it, whichever had its newest message. */
export function deriveGroupUpdated(row: ContactRow): Derivation {
  if (!row.fact.isGroup) return factNotFound(row.asOf);
  return derived(row.asOf, groupUpdated({ ...row.fact, ...row.session }, storedParticipants(row.metadata).length));
}

/** Who did what is not stored, what came of it is: it must agree. */
export function deriveGroupParticipants(row: ContactRow, key: BusinessKey): Derivation {
  const action = actionOf(key.action);
  if (!row.fact.isGroup || action === undefined || key.participants === undefined) return factNotFound(row.asOf);
  const affected = validJids(key.participants);
  const hasHappened = agrees(action, affected, storedParticipants(row.metadata));
  return hasHappened ? derived(row.asOf, groupParticipants({ ...row.fact, ...row.session }, action, affected)) : notDerivable(row.asOf);
}

type Action = EventData<"group.participants">["action"];

function actionOf(text: string | undefined): Action | undefined {
  return (["add", "remove", "promote", "demote"] as const).find((action) => action === text?.toLowerCase());
}

function agrees(action: Action, affected: readonly string[], stored: readonly Participant[]): boolean {
  const byJid = new Map(stored.map((each) => [each.jid, each]));
  const present = affected.flatMap((jid) => byJid.get(jid) ?? []);
  switch (action) {
    case "add":
      return affected.length > 0 && present.length === affected.length;
    case "remove":
      return affected.length > 0 && present.length === 0;
    case "promote":
    case "demote":
      return present.length > 0 && present.every(({ admin }) => admin === (action === "promote"));
  }
}
