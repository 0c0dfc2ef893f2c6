import type { Period } from "./conversations.repository.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Conversation = { readonly sessionStatus: "OPEN" | "CLOSED"; readonly sessionStartedAt: Date | null };

/** What a summary looks at: the open conversation, else the last week; never less than a day (contract 3.5). */
export function summaryPeriod({ sessionStatus, sessionStartedAt }: Conversation, now: Date): Period {
  const startedAt = sessionStatus === "OPEN" ? sessionStartedAt : null;
  const from = startedAt?.getTime() ?? now.getTime() - 7 * DAY_MS;
  return { from: new Date(Math.min(from, now.getTime() - DAY_MS)), to: now };
}

/** How long a conversation took, in whole minutes; null when nobody knows when it began. */
export function durationOf(startedAt: Date | null, now: Date): string | null {
  return startedAt === null ? null : `${Math.max(0, Math.floor((now.getTime() - startedAt.getTime()) / MINUTE_MS))} min`;
}
