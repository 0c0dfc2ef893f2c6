import { Injectable } from "@nestjs/common";
import { EVENTS, type EventName } from "@ipnuo/domain/events";
import type { CapturedEmission, DerivationReply } from "@ipnuo/domain/shadowing";
import { toPayload } from "../realtime/payload.ts";
import { toWireDate } from "../runtime/sql.ts";
import { Snapshots } from "../runtime/snapshots.ts";
import type { Queries } from "../runtime/transactions.ts";
import { deriveContactCreated, deriveContactUpdated, deriveGroupParticipants, deriveGroupUpdated, type ContactRow } from "./contact-derivations.ts";
import { factNotFound, keyOf, notDerivable, sessionsOf, type BusinessKey, type Derivation } from "./derivation.ts";
import { FactsRepository } from "./facts.repository.ts";
import {
  deriveDeleted,
  deriveEdited,
  deriveMedia,
  deriveQueued,
  deriveReaction,
  deriveReceived,
  deriveSent,
  deriveStatus,
  type MessageRow,
} from "./message-derivations.ts";
import { deriveConnection, derivePairingCode, deriveQr, type SessionRow } from "./session-derivations.ts";
import { deriveCancelled, deriveDecided, deriveRequested, deriveTransferred, type TransferFacts } from "./transfer-derivations.ts";

/** What an event is about, and what becomes of its row. */
type Source =
  | { readonly of: "session"; readonly derive: (row: SessionRow, key: BusinessKey) => Derivation }
  | { readonly of: "message"; readonly derive: (row: MessageRow, key: BusinessKey) => Derivation }
  | { readonly of: "contact"; readonly derive: (row: ContactRow, key: BusinessKey) => Derivation }
  | { readonly of: "transfer"; readonly derive: (facts: TransferFacts) => Derivation };

const SOURCES: Readonly<Record<EventName, Source>> = {
  "qr.code": { of: "session", derive: deriveQr },
  "pairing.code": { of: "session", derive: derivePairingCode },
  "connection.update": { of: "session", derive: deriveConnection },
  "message.queued": { of: "message", derive: deriveQueued },
  "message.sent": { of: "message", derive: deriveSent },
  "message.received": { of: "message", derive: deriveReceived },
  "message.status": { of: "message", derive: deriveStatus },
  "message.reaction": { of: "message", derive: deriveReaction },
  "message.edited": { of: "message", derive: deriveEdited },
  "message.deleted": { of: "message", derive: deriveDeleted },
  "media.processed": { of: "message", derive: deriveMedia },
  "contact.created": { of: "contact", derive: deriveContactCreated },
  "contact.updated": { of: "contact", derive: deriveContactUpdated },
  "group.updated": { of: "contact", derive: deriveGroupUpdated },
  "group.participants": { of: "contact", derive: deriveGroupParticipants },
  "transfer-request:new": { of: "transfer", derive: deriveRequested },
  "transfer-request:approved": { of: "transfer", derive: deriveDecided("APPROVED") },
  "transfer-request:denied": { of: "transfer", derive: deriveDecided("DENIED") },
  "transfer-request:transferred": { of: "transfer", derive: deriveTransferred },
  "transfer-request:cancelled": { of: "transfer", derive: deriveCancelled },
};

/** What this service would have emitted for a fact another one told: from its own rows, to nobody (contract 4.4). */
@Injectable()
export class DerivationsService {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly facts: FactsRepository,
  ) {}

  async derive(captured: CapturedEmission): Promise<DerivationReply> {
    const source = Object.hasOwn(EVENTS, captured.event) ? SOURCES[captured.event as EventName] : undefined;
    if (source === undefined) return { success: true, outcome: "unknown-event", emission: null, asOf: null };
    return toReply(captured, await this.snapshots.read((db) => this.deriveFrom(db, captured, source)));
  }

  private async deriveFrom(db: Queries, { channels, data }: CapturedEmission, source: Source): Promise<Derivation> {
    const key = keyOf(data);
    if (source.of === "transfer") {
      const facts = key.requestId === undefined ? undefined : await this.facts.transfer(db, key.requestId);
      return facts === undefined ? factNotFound() : source.derive(facts);
    }
    const session = await this.facts.session(db, sessionsOf(key, channels));
    // A deleted session took its rows along: nothing can be said of what it told.
    if (session === undefined) return notDerivable();
    if (source.of === "session") return source.derive(session, key);
    if (source.of === "message") {
      const row = key.messageId === undefined ? undefined : await this.facts.message(db, session, key.messageId);
      return row === undefined ? factNotFound() : source.derive(row, key);
    }
    const row = key.jid === undefined ? undefined : await this.facts.contact(db, session, key.jid);
    return row === undefined ? factNotFound() : source.derive(row, key);
  }
}

function toReply({ channels: asked, event, emittedAt }: CapturedEmission, derivation: Derivation): DerivationReply {
  const { outcome, asOf } = derivation;
  const rest = { success: true, asOf: asOf === null ? null : toWireDate(asOf) } as const;
  if (outcome !== "derived") return { ...rest, outcome, emission: null };
  const [first] = derivation.emissions;
  // Nobody would hear it: there is no admin.
  if (first === undefined) return { ...rest, outcome: "not-derivable", emission: null };
  const channels = toldTogether(
    asked,
    derivation.emissions.map(({ channel }) => channel),
  );
  return { ...rest, outcome, emission: { channels, event, data: toPayload(event, first.data, emittedAt) as Record<string, unknown> } };
}

/** Of an event with several recipients each emission is one's: the one that was asked about, when it is among them. */
function toldTogether(asked: readonly string[], channels: readonly string[]): string[] {
  const [only, ...others] = asked;
  return only !== undefined && others.length === 0 && channels.includes(only) ? [only] : [...channels];
}
