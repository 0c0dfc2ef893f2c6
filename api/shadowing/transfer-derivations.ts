import { transferCancelled, transferDecided, transferred, transferRequested } from "@ipnuo/domain/event-payloads";
import { toTransferFact, toTransferRequest, type TransferRow } from "../transfers/transfer-row.ts";
import { derived, factNotFound, type Derivation } from "./derivation.ts";

/** A transfer request and who hears of it. */
export type TransferFacts = {
  readonly row: TransferRow;
  readonly admins: readonly string[];
  /** Of the request, its contact and the tenant's users. */
  readonly asOf: Date;
};

export function deriveRequested({ row, admins, asOf }: TransferFacts): Derivation {
  return derived(asOf, ...transferRequested(toTransferFact(row), admins, toTransferRequest(row)));
}

export function deriveCancelled({ row, admins, asOf }: TransferFacts): Derivation {
  return row.status === "CANCELLED" ? derived(asOf, ...transferCancelled(toTransferFact(row), admins)) : factNotFound(asOf);
}

/** Whoever asked hears the decision. */
export function deriveDecided(status: "APPROVED" | "DENIED"): (facts: TransferFacts) => Derivation {
  return ({ row, asOf }) => {
    if (row.status !== status) return factNotFound(asOf);
    const decision = { isApproved: status === "APPROVED", notes: row.supervisorNotes };
    return derived(asOf, transferDecided(toTransferFact(row), row.requestedById, decision));
  };
}

/** The former owner hears who has the contact now. */
export function deriveTransferred({ row, asOf }: TransferFacts): Derivation {
  if (row.status !== "APPROVED" || row.fromUserId === null) return factNotFound(asOf);
  return derived(asOf, transferred(toTransferFact(row), row.fromUserId, toTransferRequest(row).toUser));
}
