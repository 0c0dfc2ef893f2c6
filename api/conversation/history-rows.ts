import type { ActivityType } from "@ipnuo/domain/enums";
import type { Thread } from "@ipnuo/domain/message";
import { toObjectOrNull, toWireDate, toWireDateOrNull } from "../runtime/sql.ts";

/** A stored summary of a conversation, with its author. */
export type SummaryRow = {
  readonly id: string;
  readonly tenantId: string;
  readonly contactId: string | null;
  readonly clientName: string | null;
  readonly startedAt: Date | null;
  readonly date: Date;
  readonly duration: string | null;
  readonly summary: string;
  readonly topics: string[];
  readonly sentiment: string | null;
  readonly interactionType: string | null;
  readonly nextActions: string[];
  readonly aiInsights: string | null;
  readonly needsFollowUp: boolean;
  readonly followUpDate: Date | null;
  readonly followUpTime: string | null;
  readonly followUpNote: string | null;
  readonly createdById: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly authorName: string;
};

export type ActivityRow = {
  readonly id: string;
  readonly tenantId: string;
  readonly contactId: string | null;
  readonly type: ActivityType;
  readonly text: string;
  readonly detail: string | null;
  readonly metadata: unknown;
  readonly createdById: string | null;
  readonly createdAt: Date;
  readonly authorName: string;
};

/** Columns are in the contract's order and spread as they are; dates are written out. */
export function toSummary<Row extends Omit<SummaryRow, "authorName">>(row: Row) {
  return {
    ...row,
    startedAt: toWireDateOrNull(row.startedAt),
    date: toWireDate(row.date),
    followUpDate: toWireDateOrNull(row.followUpDate),
    createdAt: toWireDate(row.createdAt),
    updatedAt: toWireDate(row.updatedAt),
  };
}

export function toActivity(row: ActivityRow): Thread["activities"][number] {
  return { ...row, metadata: toObjectOrNull(row.metadata), createdAt: toWireDate(row.createdAt) };
}
